using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace StableVideo.Storage;

/// <summary>A store in a local or shared folder. Any number of processes may use the same folder at once.</summary>
/// <remarks>
/// <c>artifacts/ab/sha256-ab...</c> holds the artifacts (time of change: the last use), <c>documents/NAME@</c> the documents (first line: the ETag, whose
/// first 12 digits are the time of writing), <c>locks</c> the lock files and <c>temporary</c> unfinished writes and links, swept when a day old.
/// </remarks>
public sealed class FolderArtifactStore : IArtifactStore
{
    // '@' can not occur in document names, so that "jobs" may be a document and a folder of documents at the same time.
    private const char DocumentMark = '@';
    private const int ETagLineLength = 33;
    private static readonly TimeSpan TemporaryLifetime = TimeSpan.FromDays(1);
    private readonly string _artifacts;
    private readonly string _documents;
    private readonly string _temporary;
    private readonly NameLocks _locks;
    private readonly ArtifactStoreOptions _options;

    /// <summary>Opens the store in <paramref name="root"/>, making the folder when it is missing.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">How uses are recorded; <see langword="null"/> for the defaults.</param>
    /// <exception cref="IOException">The folder can not be made or written.</exception>
    public FolderArtifactStore(string root, ArtifactStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _options = options ?? new ArtifactStoreOptions();
        Root = Path.GetFullPath(root);
        _artifacts = Directory.CreateDirectory(Path.Combine(Root, "artifacts")).FullName;
        _documents = Directory.CreateDirectory(Path.Combine(Root, "documents")).FullName;
        _temporary = Directory.CreateDirectory(Path.Combine(Root, "temporary")).FullName;
        _locks = new NameLocks(Path.Combine(Root, "locks"));
        SweepTemporary();
    }

    /// <summary>Full path of the folder.</summary>
    public string Root { get; }

    /// <inheritdoc/>
    public async Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var temporary = TemporaryPath(string.Empty);
        try
        {
            ArtifactId id;
            await using (var file = DurableFile.Create(temporary))
            {
                id = await DurableFile.CopyHashedAsync(content, file, cancellationToken);
                if (await TouchAsync(id, cancellationToken))
                    return id;
                file.Flush(flushToDisk: true);
            }

            await PublishAsync(temporary, id, cancellationToken);
            return id;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public async Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var id = ArtifactId.Of(content.Span);
        if (await TouchAsync(id, cancellationToken))
            return id;
        using var stream = new ReadOnlyMemoryStream(content);
        return await PutAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) => Task.FromResult(File.Exists(ArtifactPath(id)));

    /// <inheritdoc/>
    public async Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        var file = new FileInfo(ArtifactPath(id));
        if (!file.Exists)
            return false;
        if (!_options.IsDue(LastUseOf(file)))
            return true;
        using (await _locks.AcquireAsync(id.Value, cancellationToken))
        {
            if (!File.Exists(file.FullName))
                return false;
            RecordUse(file.FullName);
            return true;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredArtifact> ListArtifactsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var folder in new DirectoryInfo(_artifacts).EnumerateDirectories())
        {
            foreach (var artifact in await Task.Run(() => List(folder), cancellationToken))
                yield return artifact;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default)
    {
        _options.CheckUnusedSince(unusedSince);
        var file = new FileInfo(ArtifactPath(id));
        using (await _locks.AcquireAsync(id.Value, cancellationToken))
            return file.Exists && LastUseOf(file) < unusedSince && DurableFile.Delete(file.FullName);
    }

    /// <inheritdoc/>
    public Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        try
        {
            return Task.FromResult<Stream>(new FileStream(
                ArtifactPath(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactNotFoundException(id, exception);
        }
    }

    /// <inheritdoc/>
    public Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default)
    {
        var suffix = LocalFile.CheckExtension(extension);
        var path = ArtifactPath(id);
        if (!File.Exists(path))
            throw new ArtifactNotFoundException(id);
        if (suffix.Length == 0)
            return Task.FromResult(new LocalFile(path, temporary: false));
        var link = TemporaryPath(suffix);
        DurableFile.LinkOrCopy(path, link);
        return Task.FromResult(new LocalFile(link, temporary: true));
    }

    /// <inheritdoc/>
    public async Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(DocumentPath(name), cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        if (bytes.Length < ETagLineLength || bytes[ETagLineLength - 1] != '\n')
            throw new InvalidDataException($"'{DocumentPath(name)}' is damaged: it does not start with an ETag line. Restore or delete it.");
        var etag = new ETag(Encoding.ASCII.GetString(bytes, 0, ETagLineLength - 1));
        return new NamedDocument(name, bytes.AsMemory(ETagLineLength), etag, TimeOf(etag.Value) ?? default);
    }

    /// <inheritdoc/>
    public async Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        var path = DocumentPath(name);
        var etag = new ETag(Guid.CreateVersion7(_options.Clock.GetUtcNow()).ToString("n"));
        var temporary = TemporaryPath(string.Empty);
        try
        {
            await using (var file = DurableFile.Create(temporary))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(etag.Value + "\n"), cancellationToken);
                await file.WriteAsync(content, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (await _locks.AcquireAsync(name, cancellationToken))
            {
                CheckCondition(name, condition);
                DurableFile.Publish(temporary, path);
            }

            return etag;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        var path = DocumentPath(name);
        using (await _locks.AcquireAsync(name, cancellationToken))
        {
            CheckCondition(name, condition);
            return Directory.Exists(Path.GetDirectoryName(path)) && DurableFile.Delete(path);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListDocumentsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var folder = prefix.Contains('/', StringComparison.Ordinal) ? DocumentName.Check(prefix[..prefix.LastIndexOf('/')]) : string.Empty;
        var start = new DirectoryInfo(Path.Combine(_documents, folder));
        if (!start.Exists)
            yield break;

        var names = start.EnumerateFiles($"*{DocumentMark}", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_documents, file.FullName).Replace('\\', '/')[..^1])
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        foreach (var name in await Task.Run(names.ToList, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    private void CheckCondition(string name, WriteCondition condition)
    {
        if (condition == WriteCondition.Any)
            return;
        var current = ReadETag(DocumentPath(name));
        if (!condition.Allows(current))
            throw new PreconditionFailedException(name, condition, current);
    }

    private static ETag? ReadETag(string path)
    {
        if (!File.Exists(path))
            return null;
        using var file = File.OpenRead(path);
        Span<byte> line = stackalloc byte[ETagLineLength - 1];
        file.ReadExactly(line);
        return new ETag(Encoding.ASCII.GetString(line));
    }

    private string ArtifactPath(ArtifactId id)
    {
        var value = ArtifactId.Parse(id.Value).Value;
        return Path.Combine(_artifacts, value.Substring(ArtifactId.Prefix.Length, 2), value);
    }

    private string DocumentPath(string name) => Path.Combine(_documents, DocumentName.Check(name) + DocumentMark);

    // The name carries the time it was made: a hard link has the times of its artifact, whatever its own age.
    private string TemporaryPath(string suffix) => Path.Combine(_temporary, Guid.CreateVersion7().ToString("n") + suffix);

    /// <summary>Under the lock, like deletion, which would otherwise find the old file unused and delete the new one in its place.</summary>
    private async Task PublishAsync(string temporary, ArtifactId id, CancellationToken cancellationToken)
    {
        var path = ArtifactPath(id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (await _locks.AcquireAsync(id.Value, cancellationToken))
        {
            RecordUse(temporary);
            DurableFile.Publish(temporary, path);
        }
    }

    private void RecordUse(string path) => File.SetLastWriteTimeUtc(path, _options.Clock.GetUtcNow().UtcDateTime);

    private static DateTimeOffset LastUseOf(FileInfo file) => file.LastWriteTimeUtc;

    private static List<StoredArtifact> List(DirectoryInfo folder)
    {
        var artifacts = new List<StoredArtifact>();
        foreach (var file in folder.EnumerateFiles())
        {
            if (ArtifactId.TryParse(file.Name, out var id) && file.Exists)
                artifacts.Add(new StoredArtifact(id, file.Length, LastUseOf(file)));
        }

        return artifacts;
    }

    private void SweepTemporary()
    {
        foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles())
        {
            if (DateTimeOffset.UtcNow - MadeAt(file) > TemporaryLifetime)
                file.Delete();
        }
    }

    private static DateTimeOffset MadeAt(FileInfo file) => TimeOf(Path.GetFileNameWithoutExtension(file.Name)) ?? file.LastWriteTimeUtc;

    /// <summary>The time in a version 7 GUID.</summary>
    private static DateTimeOffset? TimeOf(string text) =>
        Guid.TryParseExact(text, "n", out _)
            && long.TryParse(text.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
