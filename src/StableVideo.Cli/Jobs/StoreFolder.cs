using StableVideo.Storage;

namespace StableVideo.Cli.Jobs;

/// <summary>The store of a command, which goes again if the command fails before it has computed anything and nothing was there before.</summary>
public sealed class StoreFolder : IDisposable
{
    private readonly string path;
    private readonly string? firstMade;
    private bool keep;

    private StoreFolder(string path)
    {
        this.path = path;
        for (var folder = path; folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)) firstMade = folder;
        Artifacts = new FolderArtifactStore(path);
    }

    /// <summary>The store.</summary>
    public FolderArtifactStore Artifacts { get; }

    /// <summary>Opens the store in a folder, making it when it is missing.</summary>
    public static StoreFolder Open(string path) => new(path);

    /// <summary>From now on there is something worth keeping.</summary>
    public void Keep() => keep = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (keep || firstMade is null) return;
        Directory.Delete(path, recursive: true);
        for (var folder = path; folder != firstMade;)
        {
            folder = Path.GetDirectoryName(folder)!;
            if (Directory.EnumerateFileSystemEntries(folder).Any()) return;
            Directory.Delete(folder);
        }
    }
}
