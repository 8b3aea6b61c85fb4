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

    private TenantStores(Func<string, IArtifactStore> store, Func<CancellationToken, IAsyncEnumerable<string>> names) =>
        (_store, _names, System) = (store, names, store(""));

    /// <inheritdoc/>
    public IArtifactStore System { get; }

    /// <summary>Tenants in a local or shared folder, made when missing.</summary>
    /// <exception cref="IOException">The folder can not be made or written.</exception>
    public static TenantStores InFolder(string root, ArtifactStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        var tenants = Path.Combine(Path.GetFullPath(root), Below);
        return new TenantStores(
            tenant => new FolderArtifactStore(tenant.Length == 0 ? root : Path.Combine(tenants, tenant), options),
            _ => (Directory.Exists(tenants) ? new DirectoryInfo(tenants).EnumerateDirectories().Select(folder => folder.Name) : []).ToAsyncEnumerable());
    }

    /// <summary>Tenants in a blob container, made when missing.</summary>
    public static async Task<TenantStores> InBlobsAsync(
        BlobContainerClient container, string? temporaryFolder = null, ArtifactStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return new TenantStores(
            tenant => new BlobArtifactStore(container, tenant.Length == 0 ? "" : $"{Below}/{tenant}/", temporaryFolder, options),
            cancellation => PrefixesAsync(container, cancellation));
    }

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
