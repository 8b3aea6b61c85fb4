namespace StableVideo.Cli.Jobs;

/// <summary>The folder of a command's store, which goes again if the command fails before it has computed anything and nothing was there before.</summary>
public sealed class StoreFolder : IDisposable
{
    private readonly string? firstMade;
    private bool keep;

    /// <summary>Looks at what is there before the store is opened.</summary>
    /// <param name="path">Full path of the store.</param>
    public StoreFolder(string path)
    {
        Path = path;
        for (var folder = path; folder is not null && !Directory.Exists(folder); folder = System.IO.Path.GetDirectoryName(folder)) firstMade = folder;
    }

    /// <summary>Full path of the store.</summary>
    public string Path { get; }

    /// <summary>From now on there is something worth keeping.</summary>
    public void Keep() => keep = true;

    /// <summary>Removes what was made for nothing. Dispose what uses the store first.</summary>
    public void Dispose()
    {
        if (keep || firstMade is null || !Directory.Exists(Path)) return;
        Directory.Delete(Path, recursive: true);
        for (var folder = Path; folder != firstMade;)
        {
            folder = System.IO.Path.GetDirectoryName(folder)!;
            if (Directory.EnumerateFileSystemEntries(folder).Any()) return;
            Directory.Delete(folder);
        }
    }
}
