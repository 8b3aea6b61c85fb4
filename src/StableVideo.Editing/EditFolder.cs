using System.Text.Json;
using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Lays a finished edit out as files for people.</summary>
public static class EditFolder
{
    private static readonly string[] TopFiles = ["report.json", "edited.mp4", "masks.mp4"];

    /// <summary>
    /// Writes <c>edited.mp4</c>, <c>atlases/{foreground,background}-{before,after}.png</c>, <c>keyframes/NNNN-{before,after,mask}.png</c>,
    /// <c>masks.mp4</c> and <c>report.json</c> (settings, seed, model digest, timings per stage, PSNR and other metrics).
    /// Files of an earlier edit in the same folder are replaced; other files are left alone.
    /// </summary>
    /// <param name="folder">Created when absent.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="results">Results of all stages.</param>
    /// <param name="store">Where the artifacts are.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="EditException">A stage has no result.</exception>
    public static async Task WriteAsync(
        string folder,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> results,
        IArtifactStore store,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(store);
        var (atlases, keyframes) = (Path.Combine(folder, "atlases"), Path.Combine(folder, "keyframes"));
        Directory.CreateDirectory(atlases);
        RemoveEarlier(folder, atlases, keyframes);
        await CopyAsync(StageKind.Compose, ArtifactNames.Video, Path.Combine(folder, "edited.mp4"));
        await CopyAsync(StageKind.Decompose, ArtifactNames.ForegroundAtlas, Path.Combine(atlases, "foreground-before.png"));
        await CopyAsync(StageKind.Decompose, ArtifactNames.BackgroundAtlas, Path.Combine(atlases, "background-before.png"));
        await CopyAsync(StageKind.Aggregate, ArtifactNames.EditedForegroundAtlas, Path.Combine(atlases, "foreground-after.png"));
        await CopyAsync(StageKind.EditBackground, ArtifactNames.EditedBackgroundAtlas, Path.Combine(atlases, "background-after.png"));
        // As they were composed, where parts are protected.
        await CopyAsync(StageKind.Compose, ArtifactNames.ProtectedForegroundAtlas, Path.Combine(atlases, "foreground-after.png"));
        await CopyAsync(StageKind.Compose, ArtifactNames.ProtectedBackgroundAtlas, Path.Combine(atlases, "background-after.png"));

        Decomposition decomposition;
        await using (var stream = await store.OpenReadAsync(StageKeys.Artifact(results, StageKind.Decompose, ArtifactNames.Decomposition), cancellationToken))
            decomposition = Decomposition.Load(stream);
        await WriteMasksAsync(Path.Combine(folder, "masks.mp4"), decomposition, StageKeys.Result(results, StageKind.Probe), cancellationToken);
        if (StageKeys.Result(results, StageKind.EditForeground).Artifacts.TryGetValue(ArtifactNames.Keyframes, out var list))
        {
            Directory.CreateDirectory(keyframes);
            foreach (var edit in await store.ReadKeyframesAsync(list, cancellationToken))
            {
                await CopyArtifactAsync(store, edit.Before, Path.Combine(keyframes, $"{edit.Frame:D4}-before.png"), cancellationToken);
                await CopyArtifactAsync(store, edit.After, Path.Combine(keyframes, $"{edit.Frame:D4}-after.png"), cancellationToken);
                ImageFile.WritePng(Path.Combine(keyframes, $"{edit.Frame:D4}-mask.png"), decomposition.Alpha(edit.Frame).Crop(edit.Box));
            }
        }

        // Last, so that a folder with a report is a whole one.
        var report = JsonSerializer.SerializeToUtf8Bytes(EditReport.Create(inputs, results), EditJson.Options);
        await File.WriteAllBytesAsync(Path.Combine(folder, "report.json"), report, cancellationToken);

        async Task CopyAsync(StageKind stage, string name, string path)
        {
            if (StageKeys.Result(results, stage).Artifacts.TryGetValue(name, out var id))
                await CopyArtifactAsync(store, id, path, cancellationToken);
        }
    }

    private static void RemoveEarlier(string folder, string atlases, string keyframes)
    {
        var earlier = TopFiles.Select(name => Path.Combine(folder, name))
            .Concat(Directory.Exists(atlases) ? Directory.EnumerateFiles(atlases, "*ground-*.png") : [])
            .Concat(Directory.Exists(keyframes) ? Directory.EnumerateFiles(keyframes, "????-*.png") : []);
        foreach (var file in earlier.ToList())
            File.Delete(file);
    }

    private static async Task CopyArtifactAsync(IArtifactStore store, ArtifactId id, string path, CancellationToken cancellationToken)
    {
        await using var source = await store.OpenReadAsync(id, cancellationToken);
        await using var target = File.Create(path);
        await source.CopyToAsync(target, cancellationToken);
    }

    private static async Task WriteMasksAsync(string path, Decomposition decomposition, StageResult probe, CancellationToken cancellationToken)
    {
        var rate = new FrameRate((int)probe.Metrics[ProbeStage.RateNumerator], (int)probe.Metrics[ProbeStage.RateDenominator]);
        await using var writer = VideoWriter.Create(path, decomposition.Width, decomposition.Height, rate, new VideoWriteOptions());
        for (var frame = 0; frame < decomposition.FrameCount; frame++)
            await writer.WriteAsync(Colour.GrayToRgb(decomposition.Alpha(frame)), cancellationToken);
        await writer.CompleteAsync(cancellationToken);
    }
}
