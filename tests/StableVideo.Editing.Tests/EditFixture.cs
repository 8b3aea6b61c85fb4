using StableVideo.Diffusion;
using StableVideo.Editing.Tests;
using StableVideo.Imaging;
using StableVideo.Storage;

[assembly: AssemblyFixture(typeof(EditFixture))]

namespace StableVideo.Editing.Tests;

/// <summary>A short demo clip with its masks, decomposed once for all tests that edit it.</summary>
public sealed class EditFixture : IAsyncLifetime
{
    public const int Frames = 10;
    private readonly string _root = Directory.CreateTempSubdirectory("stablevideo-editing-tests-").FullName;

    public string Clip => Path.Combine(_root, "clip.mp4");

    public string Mask => Path.Combine(_root, "mask.mp4");

    public static SampleClipOptions Options { get; } = new() { Width = 256, Height = 144, FrameCount = Frames };

    /// <summary>A store of its own that holds the clip's decomposition.</summary>
    public FolderArtifactStore NewStore()
    {
        var folder = Path.Combine(_root, Guid.NewGuid().ToString("N"));
        var source = Path.Combine(_root, "store");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return new FolderArtifactStore(folder);
    }

    /// <summary>A folder that does not exist yet.</summary>
    public string NewFolder() => Path.Combine(_root, Guid.NewGuid().ToString("N"));

    /// <summary>The catalogue; skips the running test where the embedded model is not built.</summary>
    public static ModelCatalogue Models()
    {
        var models = new ModelCatalogue();
        try
        {
            models.Resolve(ModelCatalogue.Embedded);
        }
        catch (ModelException)
        {
            Assert.Skip("The embedded model is not in this checkout.");
        }

        return models;
    }

    /// <summary>Runs all stages.</summary>
    public async Task<(JobInputs Inputs, Dictionary<StageKind, StageResult> Results)> RunAsync(
        FolderArtifactStore store, EditSettings settings, IProgress<StageProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var runner = new StageRunner(store, Models());
        var inputs = await VideoImport.ImportAsync(Clip, Mask, settings, store, cancellationToken);
        var results = new Dictionary<StageKind, StageResult>();
        foreach (var stage in StageGraph.All)
            results[stage] = await runner.RunAsync(stage, inputs, results, progress, cancellationToken);
        return (inputs, results);
    }

    public async ValueTask InitializeAsync()
    {
        await SampleClip.WriteAsync(Clip, Mask, Options);
        var store = new FolderArtifactStore(Path.Combine(_root, "store"));
        using var runner = new StageRunner(store, new ModelCatalogue());
        var inputs = await VideoImport.ImportAsync(Clip, Mask, new EditSettings { ReconstructionOnly = true }, store);
        var results = new Dictionary<StageKind, StageResult>();
        foreach (var stage in new[] { StageKind.Probe, StageKind.Decompose })
            results[stage] = await runner.RunAsync(stage, inputs, results);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Calls back on the reporting thread.</summary>
internal sealed class Told(Action<StageProgress> told) : IProgress<StageProgress>
{
    public void Report(StageProgress value) => told(value);
}
