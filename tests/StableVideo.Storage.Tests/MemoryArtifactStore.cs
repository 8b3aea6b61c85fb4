using System.Runtime.CompilerServices;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>A store in memory, whose calls end before they return: the model in which interleavings of calls are tried.</summary>
internal sealed class MemoryArtifactStore(ArtifactStoreOptions options) : IArtifactStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (byte[] Content, DateTimeOffset LastUse)> _artifacts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, NamedDocument> _documents = new(StringComparer.Ordinal);
    private int _writes;

    public async Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellationToken);
        return await PutBytesAsync(copy.ToArray(), cancellationToken);
    }

    public Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var id = ArtifactId.Of(content.Span);
        lock (_lock)
        {
            if (!Touch(id))
                _artifacts[id.Value] = (content.ToArray(), options.Clock.GetUtcNow());
        }

        return Task.FromResult(id);
    }

    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult(_artifacts.ContainsKey(id.Value));
    }

    public Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult(Touch(id));
    }

    public async IAsyncEnumerable<StoredArtifact> ListArtifactsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var last = Next(_artifacts, ""); last is not null; last = Next(_artifacts, last))
        {
            var (content, lastUse) = _artifacts[last];
            yield return new StoredArtifact(new ArtifactId(last), content.Length, lastUse);
            await Task.CompletedTask;
        }
    }

    public Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default)
    {
        options.CheckUnusedSince(unusedSince);
        lock (_lock)
            return Task.FromResult(_artifacts.TryGetValue(id.Value, out var artifact) && artifact.LastUse < unusedSince && _artifacts.Remove(id.Value));
    }

    public Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return _artifacts.TryGetValue(id.Value, out var artifact)
                ? Task.FromResult<Stream>(new MemoryStream(artifact.Content, writable: false))
                : throw new ArtifactNotFoundException(id);
        }
    }

    public async Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default)
    {
        var suffix = LocalFile.CheckExtension(extension);
        await using var content = await OpenReadAsync(id, cancellationToken);
        var path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("n") + suffix);
        await using var file = File.Create(path);
        await content.CopyToAsync(file, cancellationToken);
        return new LocalFile(path, temporary: true);
    }

    public Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_lock)
            return Task.FromResult(_documents.GetValueOrDefault(name));
    }

    public Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        DocumentName.Check(name);
        lock (_lock)
        {
            Check(name, condition);
            var etag = new ETag($"{++_writes}");
            _documents[name] = new NamedDocument(name, content.ToArray(), etag, options.Clock.GetUtcNow());
            return Task.FromResult(etag);
        }
    }

    public Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            Check(name, condition);
            return Task.FromResult(_documents.Remove(name));
        }
    }

    public async IAsyncEnumerable<string> ListDocumentsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var last = Next(_documents, ""); last is not null; last = Next(_documents, last))
        {
            if (last.StartsWith(prefix, StringComparison.Ordinal))
                yield return last;
            await Task.CompletedTask;
        }
    }

    private bool Touch(ArtifactId id)
    {
        if (!_artifacts.TryGetValue(id.Value, out var artifact))
            return false;
        if (options.IsDue(artifact.LastUse))
            _artifacts[id.Value] = (artifact.Content, options.Clock.GetUtcNow());
        return true;
    }

    private void Check(string name, WriteCondition condition)
    {
        ETag? current = _documents.TryGetValue(name, out var document) ? document.ETag : null;
        if (!condition.Allows(current))
            throw new PreconditionFailedException(name, condition, current);
    }

    /// <summary>A listing goes on behind the last name, over whatever is there by then.</summary>
    private string? Next<T>(SortedDictionary<string, T> entries, string last)
    {
        lock (_lock)
            return entries.Keys.FirstOrDefault(key => string.CompareOrdinal(key, last) > 0);
    }
}
