using StableVideo.Storage;

namespace StableVideo.Cli.Server;

/// <summary>A store for as long as a command runs.</summary>
internal sealed class ScratchStore : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"stablevideo-{Guid.NewGuid():N}");
    private readonly Lazy<FolderArtifactStore> store;

    /// <summary>Makes no folder until the store is used.</summary>
    public ScratchStore() => store = new Lazy<FolderArtifactStore>(() => new FolderArtifactStore(folder));

    /// <summary>The store.</summary>
    public IArtifactStore Store => store.Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
