namespace StableVideo.Storage;

/// <summary>Which store a host uses; bound from configuration.</summary>
public sealed class StoreSettings
{
    /// <summary>Folder of a <see cref="FolderArtifactStore"/>, shared by all hosts of a cluster.</summary>
    public string? Folder { get; set; }

    /// <summary>Connection string of a storage account, for a <see cref="BlobArtifactStore"/>.</summary>
    public string? BlobConnectionString { get; set; }

    /// <summary>Name of the blob container. Default <c>stablevideo</c>.</summary>
    public string BlobContainer { get; set; } = "stablevideo";

    /// <summary>What the artifacts of each tenant may take. Default: no limits.</summary>
    public TenantQuotas Quotas { get; set; } = new();

    /// <summary>Opens the store of <see cref="TenantName.Default"/>.</summary>
    /// <exception cref="ArgumentException">Neither or both of folder and connection string are given, or a quota is negative.</exception>
    /// <exception cref="StoreUnavailableException">The store does not answer, or is full.</exception>
    public async Task<IArtifactStore> OpenAsync(CancellationToken cancellationToken = default) => (await OpenTenantsAsync(cancellationToken)).System;

    /// <summary>Opens the stores of all tenants.</summary>
    /// <exception cref="ArgumentException">Neither or both of folder and connection string are given, or a quota is negative.</exception>
    /// <exception cref="StoreUnavailableException">The store does not answer, or is full.</exception>
    public async Task<ITenantStores> OpenTenantsAsync(CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrWhiteSpace(Folder) == string.IsNullOrWhiteSpace(BlobConnectionString))
            throw new ArgumentException($"{(string.IsNullOrWhiteSpace(Folder) ? "No store is" : "Two stores are")} configured. Set either Store:Folder or Store:BlobConnectionString.");
        return string.IsNullOrWhiteSpace(Folder)
            ? await TenantStores.InBlobsAsync(BlobService.Container(BlobConnectionString!, BlobContainer), quotas: Quotas, cancellationToken: cancellationToken)
            : TenantStores.InFolder(Folder, quotas: Quotas);
    }
}
