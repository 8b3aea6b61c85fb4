using System.Runtime.CompilerServices;

namespace StableVideo.Storage;

/// <summary>A store in a local or shared folder. Any number of processes may use the same folder at once.</summary>
/// <remarks>
/// <c>artifacts/ab/sha256-ab...</c> holds the artifacts, <c>documents/NAME@</c> the documents, <c>locks</c> the lock files and <c>temporary</c>
/// unfinished writes and links, swept when a day old.
/// </remarks>
public sealed class FolderArtifactStore : IArtifactStore
{
    private readonly StoreFolder _folder;
    private readonly FolderArtifacts _artifacts;
    private readonly FolderDocuments _documents;

    /// <summary>Opens the store in <paramref name="root"/>, making the folder when it is missing.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">How uses are recorded; <see langword="null"/> for the defaults.</param>
    /// <exception cref="IOException">The folder can not be made or written.</exception>
    /// <exception cref="StoreUnavailableException">Its disk is full or does not answer.</exception>
    public FolderArtifactStore(string root, ArtifactStoreOptions? options = null)
        : this(root, options, TenantName.Default, allowedBytes: null)
    {
    }

    /// <summary>The store of a tenant whose artifacts may take <paramref name="allowedBytes"/>.</summary>
    internal FolderArtifactStore(string root, ArtifactStoreOptions? options, string tenant, long? allowedBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        options ??= new ArtifactStoreOptions();
        _folder = new StoreFolder(Path.GetFullPath(root));
        _artifacts = new FolderArtifacts(_folder, options, allowedBytes is { } bytes ? new StoreQuota(tenant, bytes, this) : null);
        _documents = new FolderDocuments(_folder, options.Clock);
    }

    /// <summary>Full path of the folder.</summary>
    public string Root => _folder.Root;

    /// <inheritdoc/>
    public Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return _folder.GuardAsync(() => _artifacts.PutAsync(content, cancellationToken));
    }

    /// <inheritdoc/>
    public Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => _artifacts.PutBytesAsync(content, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => Task.FromResult(_artifacts.Exists(id)));

    /// <inheritdoc/>
    public Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => _artifacts.TouchAsync(id, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredArtifact> ListArtifactsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var parts = (await _folder.GuardAsync(() => Task.FromResult(_artifacts.List()))).GetEnumerator();
        while (await _folder.GuardAsync(() => Task.Run(parts.MoveNext, cancellationToken)))
        {
            foreach (var artifact in parts.Current)
                yield return artifact;
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => _artifacts.DeleteAsync(id, unusedSince, cancellationToken));

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => Task.FromResult<Stream>(_artifacts.OpenRead(id)));

    /// <inheritdoc/>
    public Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => Task.FromResult(_artifacts.Materialize(id, extension)));

    /// <inheritdoc/>
    public Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => _documents.ReadAsync(name, cancellationToken));

    /// <inheritdoc/>
    public Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => _documents.WriteAsync(name, content, condition, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default) =>
        _folder.GuardAsync(() => _documents.DeleteAsync(name, condition, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListDocumentsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        foreach (var name in await _folder.GuardAsync(() => Task.Run(() => _documents.List(prefix), cancellationToken)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }
}
