using System.Text;
using System.Text.Json;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>The record of a played job, in the system's store as <c>jobs/NAME</c>.</summary>
internal sealed record PlayedRecord(DateTimeOffset? EndedAt, ArtifactId Input, IReadOnlyList<IReadOnlyList<ArtifactId>> Outcomes)
{
    public IEnumerable<ArtifactId> Artifacts => Outcomes.SelectMany(outcome => outcome).Prepend(Input);
}

/// <summary>What played records claim: the same rules as for those of the cluster.</summary>
internal sealed class PlayedClaims(RetentionPolicy policy) : IClaimReader
{
    public string Prefix => "jobs/";

    public DocumentClaims Read(NamedDocument document)
    {
        var record = JsonSerializer.Deserialize<PlayedRecord>(document.Content.Span)!;
        return new DocumentClaims(RetentionKind.JobRecord, record.EndedAt + policy.JobRecords,
        [
            new Claim(RetentionKind.Input, record.EndedAt + policy.Inputs, [record.Input]),
            new Claim(RetentionKind.Intermediate, record.EndedAt + policy.Intermediates, [.. record.Outcomes.SelectMany(outcome => outcome)]),
        ]);
    }
}

/// <summary>
/// A job as the cluster runs it, reduced to its calls of the store: upload, submit, then for each stage find or compute and record, then end. Played again it
/// continues where its record stands, or takes an ended job up again. A hasty one names what it has just stored; another first touches what it stored
/// earlier.
/// </summary>
internal sealed class PlayedJob(string name, string tenant, int clip, bool hasty, Naming naming)
{
    private const int Stages = 3;

    public string Tenant => tenant;

    public string Document => $"jobs/{name}";

    public async Task PlayAsync(ITenantStores stores)
    {
        var store = stores.For(tenant);
        var found = await stores.System.ReadDocumentAsync(Document);
        var (record, etag) = found is null ? await SubmitAsync(store, stores.System) : (Read(found), found.ETag);
        if (record.EndedAt is not null)
        {
            using (naming.Begin(this))
            {
                var missing = (await store.TouchAllAsync(record.Artifacts)).ToHashSet();
                if (missing.Contains(record.Input))
                    return;
                record = new PlayedRecord(null, record.Input, [.. record.Outcomes.TakeWhile(outcome => !outcome.Any(missing.Contains))]);
                if (await TryWriteAsync(stores.System, record, etag) is not { } written)
                    return;
                etag = written;
            }
        }

        while (record.Outcomes.Count < Stages)
            (record, etag) = await RunStageAsync(store, stores.System, record, etag);
        await TryWriteAsync(stores.System, record with { EndedAt = naming.Now }, etag);
    }

    private async Task<(PlayedRecord Record, ETag ETag)> SubmitAsync(IArtifactStore store, IArtifactStore system)
    {
        while (true)
        {
            using var hurry = hasty ? naming.Begin(this) : null;
            var input = await store.PutBytesAsync(Bytes($"clip {clip}"));
            using (naming.Begin(this))
            {
                var record = new PlayedRecord(null, input, []);
                if (hasty || (await store.TouchAllAsync([input])).Count == 0)
                    return (record, (await TryWriteAsync(system, record, null))!.Value);
            }
        }
    }

    private async Task<(PlayedRecord Record, ETag ETag)> RunStageAsync(IArtifactStore store, IArtifactStore system, PlayedRecord record, ETag etag)
    {
        var stage = record.Outcomes.Count;
        var document = $"stages/{clip}-{stage}";
        using (naming.Begin(this))
        {
            if (await store.ReadAndRenewDocumentAsync(document, naming.Clock) is { } known
                && JsonSerializer.Deserialize<ArtifactId[]>(known.Content.Span)! is var outcome
                && (await store.TouchAllAsync(outcome)).Count == 0)
            {
                naming.Adoptions++;
                return await RecordAsync(outcome);
            }
        }

        while (true)
        {
            // What a stage reads must be there; one of its outputs is the same whatever the clip.
            foreach (var needed in record.Artifacts)
                Assert.True(await store.ExistsAsync(needed), $"{Document} misses {needed} before stage {stage}.");
            using var hurry = hasty ? naming.Begin(this) : null;
            ArtifactId[] made = [await store.PutBytesAsync(Bytes($"stage {stage}")), await store.PutBytesAsync(Bytes($"stage {stage} of {clip}"))];
            using (naming.Begin(this))
            {
                if (!hasty && (await store.TouchAllAsync(made)).Count > 0)
                    continue;
                await store.WriteDocumentAsync(document, JsonSerializer.SerializeToUtf8Bytes(made), WriteCondition.Any);
                return await RecordAsync(made);
            }
        }

        async Task<(PlayedRecord Record, ETag ETag)> RecordAsync(ArtifactId[] outcome)
        {
            var next = record with { Outcomes = [.. record.Outcomes, outcome] };
            return (next, (await TryWriteAsync(system, next, etag))!.Value);
        }
    }

    public static PlayedRecord Read(NamedDocument document) => JsonSerializer.Deserialize<PlayedRecord>(document.Content.Span)!;

    /// <summary><see langword="null"/>: a collection has deleted the record meanwhile.</summary>
    private async Task<ETag?> TryWriteAsync(IArtifactStore system, PlayedRecord record, ETag? etag)
    {
        try
        {
            return await system.WriteDocumentAsync(
                Document, JsonSerializer.SerializeToUtf8Bytes(record), etag is { } expected ? WriteCondition.Matches(expected) : WriteCondition.MustNotExist);
        }
        catch (PreconditionFailedException)
        {
            return null;
        }
    }

    private static byte[] Bytes(string content) => Encoding.UTF8.GetBytes(content);
}

/// <summary>Knows which jobs are between using artifacts and naming them, which the clock must not draw out beyond an hour.</summary>
internal sealed class Naming(TimeProvider clock)
{
    private readonly Dictionary<PlayedJob, DateTimeOffset> _began = [];

    public TimeProvider Clock => clock;

    public DateTimeOffset Now => clock.GetUtcNow();

    public int Adoptions { get; set; }

    public TimeSpan TimeLeft => _began.Count == 0 ? TimeSpan.MaxValue : _began.Values.Min() + TimeSpan.FromHours(1) - Now;

    public IDisposable Begin(PlayedJob job)
    {
        var isFirst = _began.TryAdd(job, Now);
        return new Ended(() => _ = isFirst && _began.Remove(job));
    }

    private sealed class Ended(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
