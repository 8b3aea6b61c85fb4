using System.Globalization;

namespace StableVideo.Storage;

/// <summary>The folder of a store: its parts, its locks, its temporary files, and whether its disk works.</summary>
internal sealed class StoreFolder
{
    private static readonly TimeSpan TemporaryLifetime = TimeSpan.FromDays(1);
    private readonly string _temporary;

    public StoreFolder(string root)
    {
        Root = root;
        (Artifacts, Documents, _temporary) = Guard(() => (Make("artifacts"), Make("documents"), Make("temporary")));
        Locks = Guard(() => new NameLocks(Make("locks")));
        SweepTemporary();
    }

    /// <summary>Full path of the folder.</summary>
    public string Root { get; }

    public string Artifacts { get; }

    public string Documents { get; }

    public NameLocks Locks { get; }

    // The name carries the time it was made: a hard link has the times of its artifact, whatever its own age.
    public string TemporaryPath(string suffix) => Path.Combine(_temporary, Guid.CreateVersion7().ToString("n") + suffix);

    /// <summary>An unmounted disk looks like an empty store. Asked before anything is reported as absent.</summary>
    /// <exception cref="StoreUnavailableException">The folder is gone.</exception>
    public void CheckThere()
    {
        if (!Directory.Exists(Documents))
            throw new StoreUnavailableException($"The store folder {Root}", "is gone. Mount its disk or share again");
    }

    /// <summary>Runs <paramref name="work"/> and tells errors of the disk from others.</summary>
    /// <exception cref="StoreUnavailableException">The disk is full, gone or does not answer.</exception>
    public async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (IOException exception) when (DiskFailure.Describe(exception) is { } complaint)
        {
            throw Unavailable(complaint, exception);
        }
        catch (DirectoryNotFoundException)
        {
            CheckThere();
            throw;
        }
    }

    /// <summary>The time in a version 7 GUID.</summary>
    public static DateTimeOffset? TimeOf(string guid) =>
        Guid.TryParseExact(guid, "n", out _)
            && long.TryParse(guid.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    private T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (IOException exception) when (DiskFailure.Describe(exception) is { } complaint)
        {
            throw Unavailable(complaint, exception);
        }
    }

    private StoreUnavailableException Unavailable(string complaint, IOException exception) => new($"The disk of the store folder {Root}", complaint, exception);

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    private void SweepTemporary()
    {
        foreach (var file in new DirectoryInfo(_temporary).EnumerateFiles())
        {
            var madeAt = TimeOf(Path.GetFileNameWithoutExtension(file.Name)) ?? file.LastWriteTimeUtc;
            if (DateTimeOffset.UtcNow - madeAt > TemporaryLifetime)
                file.Delete();
        }
    }
}
