using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>
/// The latest pictures of a running attempt. They lie in the tenant's store, where no document names them: a collection deletes them some hours after their last
/// use. A picture is a courtesy: one that can not be stored is left out. Safe for concurrent use.
/// </summary>
internal sealed class PreviewShelf(ITenantStores stores, string tenant, TimeProvider clock)
{
    private const int Most = 20;

    /// <summary>Part of what a tenant may still store that a picture may take: results count more.</summary>
    private const int ShareOfRoom = 1024;

    /// <summary>How long a picture stays unused; less than what a collection leaves alone.</summary>
    private static readonly TimeSpan RenewalAge = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, PreviewPicture> _pending = [];
    private readonly Dictionary<string, long> _used = [];
    private volatile IReadOnlyList<StagePreview> _shown = [];
    private Task _storing = Task.CompletedTask;

    /// <summary>What can be shown, the latest last.</summary>
    public IReadOnlyList<StagePreview> Shown => _shown;

    /// <summary>A new picture, which takes the place of one of the same name.</summary>
    public void Put(PreviewPicture picture)
    {
        lock (_gate)
            _pending[picture.Name] = picture;
    }

    /// <summary>Begins to store what is new, unless that is under way. The attempt does not wait for it.</summary>
    /// <param name="failed">Told why a picture could not be stored.</param>
    /// <returns>Ends when what is under way is stored; never fails.</returns>
    public Task Store(Action<Exception> failed)
    {
        lock (_gate)
        {
            if (_pending.Count == 0 || !_storing.IsCompleted)
                return _storing;
            var pictures = _pending.Values.ToList();
            _pending.Clear();
            return _storing = Task.Run(() => StoreAsync(pictures, failed));
        }
    }

    private async Task StoreAsync(List<PreviewPicture> pictures, Action<Exception> failed)
    {
        try
        {
            var store = stores.For(tenant);
            if (await stores.RoomAsync(tenant) / ShareOfRoom < pictures.Sum(picture => (long)picture.Jpeg.Length))
                return;
            var shown = _shown.ToList();
            foreach (var picture in pictures)
            {
                var id = await store.PutBytesAsync(picture.Jpeg);
                shown.RemoveAll(preview => preview.Name == picture.Name);
                shown.Add(new StagePreview(picture.Name, id.Value));
                _used[picture.Name] = clock.GetTimestamp();
            }

            foreach (var preview in shown.Where(preview => clock.GetElapsedTime(_used[preview.Name]) > RenewalAge))
            {
                await store.TouchAsync(ArtifactId.Parse(preview.Artifact));
                _used[preview.Name] = clock.GetTimestamp();
            }

            _shown = [.. shown.TakeLast(Most)];
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }
}
