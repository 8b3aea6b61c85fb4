namespace StableVideo.Storage;

/// <summary>A store whose operations are measured.</summary>
internal class MeteredStore(IArtifactStore store) : IArtifactStore
{
    /// <summary>Measures a store.</summary>
    public static IArtifactStore Around(IArtifactStore store) => store is ISignedAddresses signing ? new Signing(store, signing) : new MeteredStore(store);

    public async Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default)
    {
        var start = content?.CanSeek == true ? content.Position : 0;
        var id = await StoreMetrics.TimeAsync("put", store.PutAsync(content!, cancellationToken));
        if (content!.CanSeek)
            StoreMetrics.Written(content.Position - start);
        return id;
    }

    public async Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var id = await StoreMetrics.TimeAsync("put", store.PutBytesAsync(content, cancellationToken));
        StoreMetrics.Written(content.Length);
        return id;
    }

    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) => StoreMetrics.TimeAsync("exists", store.ExistsAsync(id, cancellationToken));

    public Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default) => StoreMetrics.TimeAsync("touch", store.TouchAsync(id, cancellationToken));

    public IAsyncEnumerable<StoredArtifact> ListArtifactsAsync(CancellationToken cancellationToken = default) => store.ListArtifactsAsync(cancellationToken);

    public Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default) =>
        StoreMetrics.TimeAsync("delete", store.DeleteArtifactAsync(id, unusedSince, cancellationToken));

    public async Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        var stream = await StoreMetrics.TimeAsync("open", store.OpenReadAsync(id, cancellationToken));
        StoreMetrics.Read(stream.Length);
        return stream;
    }

    public async Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default)
    {
        var file = await StoreMetrics.TimeAsync("materialize", store.MaterializeAsync(id, extension, cancellationToken));
        StoreMetrics.Read(new FileInfo(file.Path).Length);
        return file;
    }

    public Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default) =>
        StoreMetrics.TimeAsync("read_document", store.ReadDocumentAsync(name, cancellationToken));

    public Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default) =>
        StoreMetrics.TimeAsync("write_document", store.WriteDocumentAsync(name, content, condition, cancellationToken));

    public Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default) =>
        StoreMetrics.TimeAsync("delete_document", store.DeleteDocumentAsync(name, condition, cancellationToken));

    public IAsyncEnumerable<string> ListDocumentsAsync(string prefix, CancellationToken cancellationToken = default) => store.ListDocumentsAsync(prefix, cancellationToken);

    private sealed class Signing(IArtifactStore store, ISignedAddresses signing) : MeteredStore(store), ISignedAddresses
    {
        public Task<Uri?> SignAsync(ArtifactId id, long leastBytes, TimeSpan lifetime, string contentType, string? fileName, CancellationToken cancellationToken = default) =>
            StoreMetrics.TimeAsync("sign", signing.SignAsync(id, leastBytes, lifetime, contentType, fileName, cancellationToken));
    }
}
