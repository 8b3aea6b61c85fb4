namespace StableVideo.Storage;

/// <summary>Which store a host uses; bound from configuration.</summary>
public sealed class StoreSettings
{
    /// <summary>Folder of a <see cref="FolderArtifactStore"/>, shared by all hosts of a cluster.</summary>
    public string? Folder { get; set; }

    /// <summary>Connection string of a storage account, for a <see cref="BlobArtifactStore"/>.</summary>
    public string? BlobConnectionString { get; set; }

    /// <summary>
    /// Address of a blob container, such as <c>https://account.blob.core.windows.net/stablevideo</c>, that this process may enter as who it is: by a
    /// workload identity or a managed identity, without any secret.
    /// </summary>
    public Uri? BlobAddress { get; set; }

    /// <summary>Name of the blob container of the connection string. Default <c>stablevideo</c>.</summary>
    public string BlobContainer { get; set; } = "stablevideo";

    /// <summary>What the artifacts of each tenant may take. Default: no limits.</summary>
    public TenantQuotas Quotas { get; set; } = new();

    /// <summary>Opens the store of <see cref="TenantName.Default"/>.</summary>
    /// <exception cref="ArgumentException">None or several of folder, connection string and address are given, or a quota is negative.</exception>
    /// <exception cref="StoreUnavailableException">The store does not answer, or is full.</exception>
    public async Task<IArtifactStore> OpenAsync(CancellationToken cancellationToken = default) => (await OpenTenantsAsync(cancellationToken)).System;

    /// <summary>Opens the stores of all tenants.</summary>
    /// <exception cref="ArgumentException">Neither or both of folder and connection string are given, or a quota is negative.</exception>
    /// <exception cref="StoreUnavailableException">The store does not answer, or is full.</exception>
    public async Task<ITenantStores> OpenTenantsAsync(CancellationToken cancellationToken = default)
    {
        var given = new[] { Folder, BlobConnectionString, BlobAddress?.OriginalString }.Count(text => !string.IsNullOrWhiteSpace(text));
        if (given != 1)
            throw new ArgumentException($"{(given == 0 ? "No store is" : "Several stores are")} configured. Set one of Store:Folder, Store:BlobConnectionString and Store:BlobAddress.");
        if (!string.IsNullOrWhiteSpace(Folder))
            return TenantStores.InFolder(Folder, quotas: Quotas);
        if (BlobAddress is { IsAbsoluteUri: false } or { AbsolutePath: "/" })
            throw new ArgumentException($"Store:BlobAddress is '{BlobAddress}' but must name a container, such as https://account.blob.core.windows.net/stablevideo.");
        var container = BlobAddress is null ? BlobService.Container(BlobConnectionString!, BlobContainer) : BlobService.Container(BlobAddress);
        return await TenantStores.InBlobsAsync(container, quotas: Quotas, cancellationToken: cancellationToken);
    }
}
