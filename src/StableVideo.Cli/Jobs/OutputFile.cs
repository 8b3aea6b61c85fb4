using StableVideo.Storage;

namespace StableVideo.Cli.Jobs;

/// <summary>Puts a finished artifact where the user wants it: all of it or nothing.</summary>
public static class OutputFile
{
    /// <summary>Writes beside the destination and renames.</summary>
    /// <param name="store">Where the artifact is.</param>
    /// <param name="artifact">What to write.</param>
    /// <param name="destination">Full path; its folder is made when missing, a file there is replaced.</param>
    /// <param name="cancellationToken">Stops early and leaves nothing.</param>
    public static async Task WriteAsync(IArtifactStore store, ArtifactId artifact, string destination, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(destination)!).FullName;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(destination)}.{Guid.NewGuid():N}");
        try
        {
            await using (var source = await store.OpenReadAsync(artifact, cancellationToken))
            await using (var target = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await source.CopyToAsync(target, cancellationToken);
                target.Flush(flushToDisk: true);
            }

            File.Move(temporary, destination, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
