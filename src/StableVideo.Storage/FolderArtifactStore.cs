using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace StableVideo.Storage;

/// <summary>A store in a local or shared folder. Any number of processes may use the same folder at once.</summary>
/// <remarks>
/// <c>artifacts/ab/sha256-ab...</c> holds the artifacts, <c>documents/NAME@</c> the documents (first line: the ETag), <c>locks</c> the lock files and
/// <c>temporary</c> unfinished writes and links, swept when a day old.
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
    private readonly DocumentLocks _locks;

    /// <summary>Opens the store in <paramref name="root"/>, making the folder when it is missing.</summary>
    /// <exception cref="IOException">The folder can not be made or written.</exception>
    public FolderArtifactStore(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        Root = Path.GetFullPath(root);
        _artifacts = Directory.CreateDirectory(Path.Combine(Root, "artifacts")).FullName;
        _documents = Directory.CreateDirectory(Path.Combine(Root, "documents")).FullName;
        _temporary = Directory.CreateDirectory(Path.Combine(Root, "temporary")).FullName;
        _locks = new DocumentLocks(Path.Combine(Root, "locks"));
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
                if (!File.Exists(ArtifactPath(id)))
                    file.Flush(flushToDisk: true);
            }

            var path = ArtifactPath(id);
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                DurableFile.Publish(temporary, path);
            }

            return id;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public async Task<ArtifactId> PutFileAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await PutAsync(file, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var id = ArtifactId.Of(content.Span);
        if (File.Exists(ArtifactPath(id)))
            return id;
        using var stream = new ReadOnlyMemoryStream(content);
        return await PutAsync(stream, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) => Task.FromResult(File.Exists(ArtifactPath(id)));

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
        return new NamedDocument(name, bytes.AsMemory(ETagLineLength), new ETag(Encoding.ASCII.GetString(bytes, 0, ETagLineLength - 1)));
    }

    /// <inheritdoc/>
    public async Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        var path = DocumentPath(name);
        var etag = new ETag(Guid.CreateVersion7().ToString("n"));
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

    private void SweepTemporary()
    {
        foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles())
        {
            if (DateTimeOffset.UtcNow - MadeAt(file) > TemporaryLifetime)
                file.Delete();
        }
    }

    private static DateTimeOffset MadeAt(FileInfo file) =>
        long.TryParse(file.Name.AsSpan(0, Math.Min(12, file.Name.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
            && Guid.TryParseExact(Path.GetFileNameWithoutExtension(file.Name), "n", out _)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : file.LastWriteTimeUtc;
}
