using StableVideo.Storage;

namespace StableVideo;

/// <summary>The store answers.</summary>
internal sealed class StoreCheck(ITenantStores stores) : IReadinessCheck
{
    public string Name => "store";

    public async Task<string?> FindTroubleAsync(CancellationToken cancellationToken)
    {
        _ = await stores.System.ReadDocumentAsync("health/none", cancellationToken);
        return null;
    }
}
