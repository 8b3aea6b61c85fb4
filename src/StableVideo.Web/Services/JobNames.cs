using System.Collections.Concurrent;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Web.Services;

/// <summary>
/// Names of the entries of each tenant's list of jobs, latest first. A listing of the store serves everybody for a second, or until a job is submitted here:
/// who submits a job finds it in the list.
/// </summary>
internal sealed class JobNames(ITenantStores stores, TimeProvider clock)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, Listing> _listings = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<string>> ListAsync(string tenant, CancellationToken cancellationToken)
    {
        var listing = _listings.AddOrUpdate(tenant, NewListing, (_, present) => IsFresh(present) ? present : NewListing(tenant));
        try
        {
            return await listing.Names.Value.WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _listings.TryRemove(KeyValuePair.Create(tenant, listing));
            throw;
        }
    }

    public void Forget(string tenant) => _listings.TryRemove(tenant, out _);

    private bool IsFresh(Listing listing) => clock.GetElapsedTime(listing.BegunAt) < Freshness;

    private Listing NewListing(string tenant) =>
        new(clock.GetTimestamp(), new Lazy<Task<IReadOnlyList<string>>>(() => Task.Run<IReadOnlyList<string>>(async () =>
            await stores.System.ListDocumentsAsync(JobIndex.PrefixOf(tenant)).ToArrayAsync())));

    private sealed record Listing(long BegunAt, Lazy<Task<IReadOnlyList<string>>> Names);
}
