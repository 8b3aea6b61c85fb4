using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StableVideo.Storage;

/// <summary>
/// Tenants in one folder or one blob container. The tenant <see cref="TenantName.Default"/> has the root, as in a store without tenants; any other has
/// <c>tenants/NAME/</c> below it.
/// </summary>
public sealed class TenantStores : ITenantStores
{
    private const string Below = "tenants";
    private readonly ConcurrentDictionary<string, IArtifactStore> _open = new(StringComparer.Ordinal);
    private readonly Func<string, IArtifactStore> _store;
    private readonly Func<CancellationToken, IAsyncEnumerable<string>> _names;

    private readonly TenantQuotas _quotas;

    private TenantStores(Func<string, IArtifactStore> store, Func<CancellationToken, IAsyncEnumerable<string>> names, TenantQuotas quotas) =>
        (_store, _names, _quotas, System) = (tenant => MeteredStore.Around(store(tenant)), names, quotas, MeteredStore.Around(store(TenantName.Default)));

    /// <inheritdoc/>
    public IArtifactStore System { get; }

    /// <summary>Tenants in a local or shared folder, made when missing.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">How uses are recorded; <see langword="null"/> for the defaults.</param>
    /// <param name="quotas">What tenants may store; <see langword="null"/>: no limits.</param>
    /// <exception cref="IOException">The folder can not be made or written.</exception>
    public static TenantStores InFolder(string root, ArtifactStoreOptions? options = null, TenantQuotas? quotas = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        var tenants = Path.Combine(Path.GetFullPath(root), Below);
        quotas ??= new TenantQuotas();
        return new TenantStores(
            tenant => new FolderArtifactStore(tenant == TenantName.Default ? root : Path.Combine(tenants, tenant), options, tenant, quotas.Of(tenant)),
            _ => (Directory.Exists(tenants) ? new DirectoryInfo(tenants).EnumerateDirectories().Select(folder => folder.Name) : []).ToAsyncEnumerable(),
            quotas);
    }

    /// <summary>Tenants in a blob container, made when missing.</summary>
    /// <param name="container">The container; see <see cref="BlobService"/>.</param>
    /// <param name="temporaryFolder">Where unfinished transfers lie; by default in the system's folder for temporary files.</param>
    /// <param name="options">How uses are recorded; <see langword="null"/> for the defaults.</param>
    /// <param name="quotas">What tenants may store; <see langword="null"/>: no limits.</param>
    /// <param name="cancellationToken">Stops waiting for the service.</param>
    /// <exception cref="StoreUnavailableException">The service does not answer.</exception>
    public static async Task<TenantStores> InBlobsAsync(
        BlobContainerClient container,
        string? temporaryFolder = null,
        ArtifactStoreOptions? options = null,
        TenantQuotas? quotas = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        quotas ??= new TenantQuotas();
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return new TenantStores(
            tenant => new BlobArtifactStore(container, tenant == TenantName.Default ? "" : $"{Below}/{tenant}/", temporaryFolder, options, tenant, quotas.Of(tenant)),
            cancellation => PrefixesAsync(container, cancellation),
            quotas);
    }

    /// <inheritdoc/>
    public async Task<TenantUsage> UsageAsync(string tenant, CancellationToken cancellationToken = default)
    {
        var store = For(tenant);
        var counter = new UsageCounter(store);
        var counted = _quotas.Of(tenant) is null ? null : await counter.FindAsync(cancellationToken);
        return new TenantUsage(counted?.Bytes ?? await UsageCounter.CountAsync(store, cancellationToken), _quotas.Of(tenant));
    }

    /// <inheritdoc/>
    public async Task<long?> RoomAsync(string tenant, CancellationToken cancellationToken = default) =>
        _quotas.Of(TenantName.Check(tenant)) is { } allowed ? Math.Max(0, allowed - (await UsageAsync(tenant, cancellationToken)).UsedBytes) : null;

    /// <inheritdoc/>
    public IArtifactStore For(string tenant) => TenantName.Check(tenant) == TenantName.Default
        ? System
        : _open.GetOrAdd(tenant, _store);

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return TenantName.Default;
        await foreach (var name in _names(cancellationToken))
        {
            if (TenantName.IsValid(name) && name != TenantName.Default)
                yield return name;
        }
    }

    private static async IAsyncEnumerable<string> PrefixesAsync(BlobContainerClient container, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in container.GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", Below + "/", cancellationToken))
        {
            if (item.IsPrefix)
                yield return item.Prefix[(Below.Length + 1)..^1];
        }
    }
}
