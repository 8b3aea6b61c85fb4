using System.Text.Json;

namespace StableVideo.Storage;

/// <summary>
/// Deletes what nobody needs any more, from the stores of all tenants: documents whose time is over, then artifacts that no document claims.
/// Any number of collectors may run at once, may be stopped at any moment, and run beside jobs.
/// </summary>
/// <remarks>
/// <para>Why nothing is deleted that somebody needs. The rule for everybody else is: <em>use, then name</em>. Whoever writes a document that names an
/// artifact has stored or touched the artifact at most an hour before (a use that finds the artifact gone is told so, and must store it again). A use at
/// time <c>u</c> leaves a last use on record of at least <c>u</c> - 1 h (<see cref="ArtifactStoreOptions.RenewalAge"/>). The collection takes the time
/// <c>s</c> first, then reads documents, then deletes artifacts that no document claimed and whose last use on record is before <c>s</c> - 2 h.
/// Let a document D name an artifact A, used at <c>u</c> and named at <c>w</c>, <c>u</c> &lt;= <c>w</c> &lt;= <c>u</c> + 1 h:</para>
/// <list type="bullet">
/// <item>D was written before the collection read it: A is claimed, and not deleted.</item>
/// <item>D was written after the collection listed or read it, so <c>w</c> &gt; <c>s</c> and <c>u</c> &gt; <c>s</c> - 1 h. If the deletion comes after the
/// use, the record says at least <c>u</c> - 1 h &gt; <c>s</c> - 2 h, and the store refuses the deletion, which is one step with looking at the record. If it
/// comes before the use, the use finds A gone, and D is not written.</item>
/// </list>
/// <para>An old stage result that a job adopts is such a document: the adopter renews the result's document, then touches its artifacts, and the job then
/// names them. The collection deletes the document only in the version it found too old. If the renewal comes first, the deletion is refused and the
/// collection reads again, and finds it young; if the deletion comes first, the renewal is refused and the adopter finds no result. A result that is young
/// enough to be adopted without renewal (written at most an hour ago) is too young for any collection that can run before the job has named
/// the artifacts (it is kept for two hours at least). The document may outlive an artifact, when an adopter is killed between renewing and touching;
/// the next adopter finds the artifact missing, and takes the result as absent.</para>
/// <para>The record of an ended job is deleted before what it names, and only in the version in which the job had ended: a job that is taken up again at
/// the same time either keeps its record and with it the artifacts, or finds its record gone. Where artifacts are kept for less time than the record,
/// taking up a job is naming them anew, and the rule holds: touch first, compute again what is missing.</para>
/// <para>A collection that is stopped leaves fewer documents and artifacts, each deleted for the reasons above. A document that can not be read stops it
/// before the first artifact of the store is deleted. Clocks of machines may differ by as much as a use precedes its naming by less than an hour.</para>
/// </remarks>
/// <param name="stores">The stores.</param>
/// <param name="system">Documents in <see cref="ITenantStores.System"/> that claim artifacts of any tenant: jobs.</param>
/// <param name="policy">How long things are kept.</param>
/// <param name="clock">Tells the time; <see langword="null"/> for the system's.</param>
public sealed class ArtifactCollector(ITenantStores stores, IReadOnlyList<IClaimReader> system, RetentionPolicy policy, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Collects once.</summary>
    /// <param name="dryRun">Deletes nothing and reports what would have been deleted.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The policy breaks its own rules; all of them are listed.</exception>
    /// <exception cref="InvalidDataException">A document can not be read, so what it needs is not known.</exception>
    /// <exception cref="StoreUnavailableException">The store is down.</exception>
    public async Task<CollectionReport> CollectAsync(bool dryRun = false, CancellationToken cancellationToken = default)
    {
        if (policy.Validate() is { Count: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors));
        var report = new CollectionReport();
        var collection = new Collection(_clock.GetUtcNow(), dryRun, report, cancellationToken);
        var jobs = new List<Claim>();
        foreach (var reader in system)
            await collection.ReadAsync(stores.System, reader, jobs.Add);
        await foreach (var tenant in stores.ListAsync(cancellationToken))
        {
            var store = stores.For(tenant);
            var claims = new List<Claim>(jobs);
            foreach (var reader in StageResultClaims.All(policy))
                await collection.ReadAsync(store, reader, claims.Add);
            await collection.SweepAsync(store, claims, policy.Unclaimed);
        }

        return report;
    }

    private sealed class Collection(DateTimeOffset now, bool dryRun, CollectionReport report, CancellationToken cancellationToken)
    {
        /// <summary>Deletes documents whose time is over, and hands on the claims of all: those that have ended with the time of their end.</summary>
        public async Task ReadAsync(IArtifactStore store, IClaimReader reader, Action<Claim> hand)
        {
            await foreach (var name in store.ListDocumentsAsync(reader.Prefix, cancellationToken))
            {
                while (await store.ReadDocumentAsync(name, cancellationToken) is { } document)
                {
                    var claims = Read(reader, document);
                    var isOver = claims.Until < now;
                    if (isOver && !await DeleteAsync(store, document))
                        continue;
                    report.CountDocument(claims.Kind, deleted: isOver);
                    foreach (var claim in claims.Claims)
                        hand(isOver ? claim with { Until = claims.Until } : claim);
                    break;
                }
            }
        }

        /// <summary>Deletes artifacts that nothing claims and nobody used since the collection began, less <paramref name="unclaimed"/>.</summary>
        public async Task SweepAsync(IArtifactStore store, IEnumerable<Claim> claims, TimeSpan unclaimed)
        {
            var marks = new Marks();
            foreach (var claim in claims)
                (claim.Until < now ? (Action<Claim>)marks.Release : marks.Keep)(claim);
            var counter = new UsageCounter(store);
            var counted = await counter.FindAsync(cancellationToken);
            var (found, freed) = (0L, 0L);
            var unusedSince = now - unclaimed;
            await foreach (var artifact in store.ListArtifactsAsync(cancellationToken))
            {
                found += artifact.Bytes;
                var keptAs = marks.KeptAs(artifact.Id);
                var isDeleted = keptAs is null
                    && artifact.LastUse < unusedSince
                    && (dryRun || await store.DeleteArtifactAsync(artifact.Id, unusedSince, cancellationToken));
                report.CountArtifact(keptAs ?? marks.ReleasedAs(artifact.Id), artifact.Bytes, isDeleted);
                freed += isDeleted ? artifact.Bytes : 0;
            }

            // A difference, since others count meanwhile; and none where another collection has corrected the same count since it was read.
            if (counted is not null && !dryRun)
            {
                var difference = found - freed - counted.Bytes;
                await counter.ChangeAsync(
                    usage => usage.Corrections == counted.Corrections ? new(Math.Max(0, usage.Bytes + difference), usage.Corrections + 1) : usage,
                    cancellationToken);
            }
        }

        private static DocumentClaims Read(IClaimReader reader, NamedDocument document)
        {
            try
            {
                return reader.Read(document);
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"Document '{document.Name}' can not be read, so what it needs is not known and nothing is deleted. Restore or delete it.", exception);
            }
        }

        private async Task<bool> DeleteAsync(IArtifactStore store, NamedDocument document)
        {
            try
            {
                return dryRun || await store.DeleteDocumentAsync(document.Name, WriteCondition.Matches(document.ETag), cancellationToken);
            }
            catch (PreconditionFailedException)
            {
                return false;
            }
        }
    }
}
