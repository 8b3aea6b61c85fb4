namespace StableVideo.Storage;

/// <summary>Artifacts from files.</summary>
public static class ArtifactFiles
{
    /// <summary>Keeps a copy of the file at <paramref name="path"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static async Task<ArtifactId> PutFileAsync(this IArtifactStore store, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await store.PutAsync(file, cancellationToken);
    }
}
