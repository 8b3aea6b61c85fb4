using System.Text.Json;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Web.Services;

/// <summary>Reads pages of the list of a tenant's jobs: entries of jobs that have ended from the store, the others from their grains.</summary>
internal sealed class JobList(IGrainFactory grains, ITenantStores stores)
{
    /// <summary>Entries looked at for one page; a page that found fewer matches among them is short and says where to go on.</summary>
    private const int MostLookedAt = 2000;
    private const int AtOnce = 16;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    public async Task<Page<JobSummary>> ReadAsync(string tenant, JobFilter filter, CancellationToken cancellationToken)
    {
        var prefix = JobIndex.PrefixOf(tenant);
        var found = new List<JobSummary>();
        var looked = 0;
        await foreach (var names in After(prefix, filter.After, cancellationToken).Chunk(AtOnce).WithCancellation(cancellationToken))
        {
            var summaries = await Task.WhenAll(names.Select(name => ReadAsync(name, cancellationToken)));
            for (var i = 0; i < names.Length; i++)
            {
                if (summaries[i] is { } summary && Matches(summary, filter))
                    found.Add(summary);
                if (found.Count == filter.Limit || ++looked == MostLookedAt)
                    return new Page<JobSummary>(found, names[i][prefix.Length..]);
            }
        }

        return new Page<JobSummary>(found, null);
    }

    private static bool Matches(JobSummary summary, JobFilter filter) =>
        (filter.State is null || summary.State == filter.State) && (filter.Video is null || summary.Video == filter.Video);

    private IAsyncEnumerable<string> After(string prefix, string? after, CancellationToken cancellationToken)
    {
        var names = stores.System.ListDocumentsAsync(prefix, cancellationToken);
        return after is null ? names : names.SkipWhile(name => string.CompareOrdinal(name[prefix.Length..], after) <= 0);
    }

    private async Task<JobSummary?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (await stores.System.ReadDocumentAsync(name, cancellationToken) is not { } document)
            return null;
        var entry = JsonSerializer.Deserialize<JobIndexEntry>(document.Content.Span, Json)!;
        if (entry.End is not null)
            return WireMessages.ToSummary(entry);
        try
        {
            return WireMessages.ToSummary(await grains.GetGrain<IVideoJobGrain>(JobIndex.JobOf(name).ToString()).GetStatus().WaitAsync(cancellationToken));
        }
        catch (JobNotFoundException)
        {
            return null;
        }
    }
}
