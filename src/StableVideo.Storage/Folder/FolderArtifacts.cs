namespace StableVideo.Storage;

/// <summary>The artifacts of a folder store: <c>artifacts/ab/sha256-ab...</c>, used last when the file was changed last.</summary>
internal sealed class FolderArtifacts(StoreFolder folder, ArtifactStoreOptions options, StoreQuota? quota)
{
    public async Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        var temporary = folder.TemporaryPath(string.Empty);
        try
        {
            ArtifactId id;
            long bytes;
            await using (var file = DurableFile.Create(temporary))
            {
                id = await DurableFile.CopyHashedAsync(content, file, cancellationToken, quota);
                if (await TouchAsync(id, cancellationToken))
                    return id;
                file.Flush(flushToDisk: true);
                bytes = file.Length;
            }

            if (quota is not null)
                await quota.ChargeAsync(bytes, cancellationToken);
            var isNew = await PublishAsync(temporary, id, cancellationToken);
            if (quota is not null && !isNew)
                await quota.RefundAsync(bytes, cancellationToken);
            return id;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = ArtifactId.Of(content.Span);
        if (await TouchAsync(id, cancellationToken))
            return id;
        using var stream = new ReadOnlyMemoryStream(content);
        return await PutAsync(stream, cancellationToken);
    }

    public bool Exists(ArtifactId id)
    {
        if (File.Exists(PathOf(id)))
            return true;
        folder.CheckThere();
        return false;
    }

    public async Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        if (!Exists(id))
            return false;
        var file = new FileInfo(PathOf(id));
        if (file.Exists && !options.IsDue(LastUseOf(file)))
            return true;
        using (await folder.Locks.AcquireAsync(id.Value, cancellationToken))
        {
            if (!File.Exists(file.FullName))
                return false;
            RecordUse(file.FullName);
            return true;
        }
    }

    public async Task<bool> DeleteAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        options.CheckUnusedSince(unusedSince);
        using (await folder.Locks.AcquireAsync(id.Value, cancellationToken))
        {
            var file = new FileInfo(PathOf(id));
            return file.Exists && LastUseOf(file) < unusedSince && DurableFile.Delete(file.FullName);
        }
    }

    /// <summary>The artifacts below each of the folders <c>ab</c>.</summary>
    public IEnumerable<IReadOnlyList<StoredArtifact>> List()
    {
        folder.CheckThere();
        return new DirectoryInfo(folder.Artifacts).EnumerateDirectories().Select(List);
    }

    public FileStream OpenRead(ArtifactId id)
    {
        try
        {
            return new FileStream(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            folder.CheckThere();
            throw new ArtifactNotFoundException(id, exception);
        }
    }

    public LocalFile Materialize(ArtifactId id, string extension)
    {
        var suffix = LocalFile.CheckExtension(extension);
        if (!Exists(id))
            throw new ArtifactNotFoundException(id);
        if (suffix.Length == 0)
            return new LocalFile(PathOf(id), temporary: false);
        var link = folder.TemporaryPath(suffix);
        DurableFile.LinkOrCopy(PathOf(id), link);
        return new LocalFile(link, temporary: true);
    }

    /// <summary>
    /// Whether the file was new. Under the lock, like deletion, which would otherwise find the old file unused and delete the new one in its place.
    /// </summary>
    private async Task<bool> PublishAsync(string temporary, ArtifactId id, CancellationToken cancellationToken)
    {
        var path = PathOf(id);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (await folder.Locks.AcquireAsync(id.Value, cancellationToken))
        {
            var isNew = !File.Exists(path);
            RecordUse(temporary);
            DurableFile.Publish(temporary, path);
            return isNew;
        }
    }

    private static List<StoredArtifact> List(DirectoryInfo part)
    {
        var artifacts = new List<StoredArtifact>();
        foreach (var file in part.EnumerateFiles())
        {
            if (ArtifactId.TryParse(file.Name, out var id) && file.Exists)
                artifacts.Add(new StoredArtifact(id, file.Length, LastUseOf(file)));
        }

        return artifacts;
    }

    private void RecordUse(string path) => File.SetLastWriteTimeUtc(path, options.Clock.GetUtcNow().UtcDateTime);

    private static DateTimeOffset LastUseOf(FileInfo file) => file.LastWriteTimeUtc;

    private string PathOf(ArtifactId id)
    {
        var value = ArtifactId.Parse(id.Value).Value;
        return Path.Combine(folder.Artifacts, value.Substring(ArtifactId.Prefix.Length, 2), value);
    }
}
