using StableVideo.Atlas;

namespace StableVideo.Editing;

/// <summary>Section 3.1: the clip as a foreground and a background atlas, UV mappings and alpha.</summary>
internal static class DecomposeStage
{
    public static async Task<StageOutput> RunAsync(StageContext context)
    {
        context.Report(0, "reading frames");
        var frames = await ClipFrames.ReadAllAsync(context);
        var masks = await ClipFrames.ReadMasksAsync(context, frames[0].Width, frames[0].Height, frames.Count);
        context.Report(0.05, "solving for the atlases");
        var decomposition = Decomposer.Decompose(
            new FrameList(frames), masks, null, new Relay(fraction => context.Report(0.05 + (0.9 * fraction), "solving for the atlases")), context.Cancellation);

        context.Report(0.95, "storing the decomposition");
        using var bytes = new MemoryStream();
        decomposition.Save(bytes);
        bytes.Position = 0;
        var output = new StageOutput();
        output.Artifacts[ArtifactNames.Decomposition] = await context.Store.PutAsync(bytes, context.Cancellation);
        output.Artifacts[ArtifactNames.ForegroundAtlas] = await context.PutPngAsync(decomposition.Foreground.Atlas);
        output.Artifacts[ArtifactNames.BackgroundAtlas] = await context.PutPngAsync(decomposition.Background.Atlas);
        foreach (var (name, value) in decomposition.Metrics.ToDictionary().Where(m => double.IsFinite(m.Value)))
            output.Metrics[name] = value;
        output.Metrics["bytes"] = bytes.Length;
        return output;
    }

    /// <summary>Progress on the calling thread: <see cref="Progress{T}"/> would post it elsewhere and out of order.</summary>
    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
