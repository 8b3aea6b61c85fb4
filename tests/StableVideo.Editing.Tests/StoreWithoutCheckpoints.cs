using StableVideo.Storage;

namespace StableVideo.Editing.Tests;

/// <summary>A store that is down whenever a checkpoint is written or deleted.</summary>
internal sealed class StoreWithoutCheckpoints(IArtifactStore store) : IArtifactStore
{
    private int _refusals;

    public int Refusals => _refusals;

    public Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default) => store.PutAsync(content, cancellationToken);

    public Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) => store.PutBytesAsync(content, cancellationToken);

    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) => store.ExistsAsync(id, cancellationToken);

    public Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default) => store.TouchAsync(id, cancellationToken);

    public IAsyncEnumerable<StoredArtifact> ListArtifactsAsync(CancellationToken cancellationToken = default) => store.ListArtifactsAsync(cancellationToken);

    public Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default) =>
        store.DeleteArtifactAsync(id, unusedSince, cancellationToken);

    public Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default) => store.OpenReadAsync(id, cancellationToken);

    public Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default) =>
        store.MaterializeAsync(id, extension, cancellationToken);

    public Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default) => store.ReadDocumentAsync(name, cancellationToken);

    public Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        Refuse(name);
        return store.WriteDocumentAsync(name, content, condition, cancellationToken);
    }

    public Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        Refuse(name);
        return store.DeleteDocumentAsync(name, condition, cancellationToken);
    }

    public IAsyncEnumerable<string> ListDocumentsAsync(string prefix, CancellationToken cancellationToken = default) => store.ListDocumentsAsync(prefix, cancellationToken);

    private void Refuse(string name)
    {
        if (!name.StartsWith("checkpoints/", StringComparison.Ordinal))
            return;
        Interlocked.Increment(ref _refusals);
        throw new StoreUnavailableException("The test's store", "is down");
    }
}
