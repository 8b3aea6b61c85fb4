namespace StableVideo.EndToEnd.Tests;

/// <summary>A folder that goes with the test.</summary>
public sealed class Temporary : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("stablevideo-e2e-").FullName;

    public string this[string name] => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Everything in the folder, relative, sorted.</summary>
    public IReadOnlyList<string> Contents() =>
        [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];
}
