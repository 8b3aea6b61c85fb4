using System.Text;

namespace StableVideo.Storage;

/// <summary>The documents of a folder store: <c>documents/NAME@</c>, whose first line is the ETag, a version 7 GUID that carries the time of writing.</summary>
internal sealed class FolderDocuments(StoreFolder folder, TimeProvider clock)
{
    // '@' can not occur in document names, so that "jobs" may be a document and a folder of documents at the same time.
    private const char Mark = '@';
    private const int ETagLineLength = 33;

    public async Task<NamedDocument?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(PathOf(name), cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            folder.CheckThere();
            return null;
        }

        if (bytes.Length < ETagLineLength || bytes[ETagLineLength - 1] != '\n')
            throw new InvalidDataException($"'{PathOf(name)}' is damaged: it does not start with an ETag line. Restore or delete it.");
        var etag = Encoding.ASCII.GetString(bytes, 0, ETagLineLength - 1);
        return new NamedDocument(name, bytes.AsMemory(ETagLineLength), new ETag(etag), StoreFolder.TimeOf(etag) ?? File.GetLastWriteTimeUtc(PathOf(name)));
    }

    public async Task<ETag> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        var etag = new ETag(Guid.CreateVersion7(clock.GetUtcNow()).ToString("n"));
        var temporary = folder.TemporaryPath(string.Empty);
        try
        {
            await using (var file = DurableFile.Create(temporary))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(etag.Value + "\n"), cancellationToken);
                await file.WriteAsync(content, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (await folder.Locks.AcquireAsync(name, cancellationToken))
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

    public async Task<bool> DeleteAsync(string name, WriteCondition condition, CancellationToken cancellationToken)
    {
        var path = PathOf(name);
        using (await folder.Locks.AcquireAsync(name, cancellationToken))
        {
            CheckCondition(name, condition);
            return Directory.Exists(Path.GetDirectoryName(path)) && DurableFile.Delete(path);
        }
    }

    /// <summary>
    /// Looks twice: a file system may leave out a file that is replaced while its folder is read, and a collection that overlooks the record of a running
    /// job would take its artifacts for unclaimed. To be overlooked now, a document would have to be written in the instant of both looks.
    /// </summary>
    public List<string> List(string prefix)
    {
        folder.CheckThere();
        var inner = prefix.Contains('/', StringComparison.Ordinal) ? DocumentName.Check(prefix[..prefix.LastIndexOf('/')]) : string.Empty;
        var start = new DirectoryInfo(Path.Combine(folder.Documents, inner));
        var names = Look(start, prefix).Concat(Look(start, prefix)).Distinct().Order(StringComparer.Ordinal).ToList();
        folder.CheckThere();
        return names;
    }

    private IEnumerable<string> Look(DirectoryInfo start, string prefix) => !Directory.Exists(start.FullName) ? [] : start
        .EnumerateFiles($"*{Mark}", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(folder.Documents, file.FullName).Replace('\\', '/')[..^1])
        .Where(name => name.StartsWith(prefix, StringComparison.Ordinal));

    private void CheckCondition(string name, WriteCondition condition)
    {
        if (condition == WriteCondition.Any)
            return;
        var current = ReadETag(PathOf(name));
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

    private string PathOf(string name) => Path.Combine(folder.Documents, DocumentName.Check(name) + Mark);
}
