using Azure.Storage.Blobs;

namespace StableVideo.Storage;

/// <summary>A store in a container of Azure Blob Storage, or of anything that speaks its protocol.</summary>
/// <remarks>
/// Artifacts are the blobs <c>artifacts/ab/sha256-ab...</c>, documents the blobs <c>documents/NAME</c>.
/// </remarks>
public sealed class BlobArtifactStore : IArtifactStore, ISignedAddresses
{
    private readonly BlobArtifacts _artifacts;
    private readonly BlobDocuments _documents;

    /// <summary>Uses <paramref name="container"/>, which must exist; see <see cref="OpenAsync"/>.</summary>
    /// <param name="container">The container; get it from <see cref="BlobService"/>, whose patience is short and whose errors say that a service is down.</param>
    /// <param name="temporaryFolder">Where unfinished transfers and materialized artifacts lie; by default in the system's folder for temporary files.</param>
    /// <param name="options">How uses are recorded; <see langword="null"/> for the defaults.</param>
    public BlobArtifactStore(BlobContainerClient container, string? temporaryFolder = null, ArtifactStoreOptions? options = null)
        : this(container, prefix: "", temporaryFolder, options, TenantName.Default, allowedBytes: null)
    {
    }

    /// <summary>The store of a tenant in the part of a container whose blobs begin with <paramref name="prefix"/>: empty, or ending with a slash.</summary>
    internal BlobArtifactStore(
        BlobContainerClient container, string prefix, string? temporaryFolder, ArtifactStoreOptions? options, string tenant, long? allowedBytes)
    {
        var temporary = Directory.CreateDirectory(temporaryFolder ?? Path.Combine(Path.GetTempPath(), "stablevideo")).FullName;
        var quota = allowedBytes is { } bytes ? new StoreQuota(tenant, bytes, this) : null;
        _artifacts = new BlobArtifacts(container, prefix, temporary, options ?? new ArtifactStoreOptions(), quota);
        _documents = new BlobDocuments(container, prefix);
    }

    /// <summary>Opens a store, making the container when it is missing.</summary>
    public static async Task<BlobArtifactStore> OpenAsync(
        BlobContainerClient container, string? temporaryFolder = null, ArtifactStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return new BlobArtifactStore(container, temporaryFolder, options);
    }

    /// <inheritdoc/>
    public Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return _artifacts.PutAsync(content, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        _artifacts.PutBytesAsync(content, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) => _artifacts.ExistsAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default) => _artifacts.TouchAsync(id, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredArtifact> ListArtifactsAsync(CancellationToken cancellationToken = default) => _artifacts.ListAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default) =>
        _artifacts.DeleteAsync(id, unusedSince, cancellationToken);

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default) => _artifacts.OpenReadAsync(id, cancellationToken);

    /// <inheritdoc/>
    public Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default) =>
        _artifacts.MaterializeAsync(id, extension, cancellationToken);

    /// <inheritdoc/>
    public Task<Uri?> SignAsync(
        ArtifactId id, long leastBytes, TimeSpan lifetime, string contentType, string? fileName, CancellationToken cancellationToken = default) =>
        _artifacts.SignAsync(id, leastBytes, lifetime, contentType, fileName, cancellationToken);

    /// <inheritdoc/>
    public Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default) => _documents.ReadAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default) =>
        _documents.WriteAsync(name, content, condition, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default) =>
        _documents.DeleteAsync(name, condition, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListDocumentsAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return _documents.ListAsync(prefix, cancellationToken);
    }
}
