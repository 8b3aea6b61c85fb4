using StableVideo.Storage;

namespace StableVideo.Hosting;

/// <summary>The store answers.</summary>
/// <param name="stores">The store.</param>
public sealed class StoreCheck(ITenantStores stores) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "store";

    /// <inheritdoc/>
    public async Task<string?> FindTroubleAsync(CancellationToken cancellationToken)
    {
        _ = await stores.System.ReadDocumentAsync("health/none", cancellationToken);
        return null;
    }
}
