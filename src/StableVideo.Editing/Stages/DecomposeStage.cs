using StableVideo.Atlas;

namespace StableVideo.Editing;

/// <summary>Section 3.1: the clip as a foreground and a background atlas, UV mappings and alpha; what its steps leave to later ones is checkpointed.</summary>
internal static class DecomposeStage
{
    public static async Task<StageOutput> RunAsync(StageContext context)
    {
        var checkpoints = new StageCheckpoints(context, DecompositionRun.Format);
        var found = await checkpoints.FindAsync();
        context.Report(found is null ? 0 : Share(found.Value.Checkpoint.Fraction), "reading frames");
        var frames = await ClipFrames.ReadAllAsync(context);
        var masks = await ClipFrames.ReadMasksAsync(context, frames[0].Width, frames[0].Height, frames.Count);
        var marks = await ClipFrames.ReadMarksAsync(context, frames[0].Width, frames[0].Height, frames.Count);
        var run = marks.Count > 0 ? DecompositionRun.FromMarks(new FrameList(frames), marks) : new DecompositionRun(new FrameList(frames), masks);
        if (found is var (checkpoint, parts))
            run.TryGoOn(checkpoint.Next, parts);
        while (!run.IsFinished)
        {
            context.Report(Share(run.Fraction), run.Doing);
            using var span = EditingSpans.Start(run.Doing);
            run.Advance(new Relay(fraction => context.Report(Share(fraction), run.Doing)), context.Cancellation);
            if (run.Next is { } next && run.Parts.Count > 0)
                await checkpoints.KeepAsync(next, run.Fraction, run.Parts, run.WritePart);
        }

        var decomposition = run.Result;
        context.Report(0.95, "storing the decomposition");
        using var bytes = new MemoryStream();
        decomposition.Save(bytes);
        bytes.Position = 0;
        var output = new StageOutput();
        output.Artifacts[ArtifactNames.Decomposition] = await context.Store.PutAsync(bytes, context.Cancellation);
        output.Artifacts[ArtifactNames.ForegroundAtlas] = await context.PutPngAsync(decomposition.Foreground.Atlas);
        output.Artifacts[ArtifactNames.BackgroundAtlas] = await context.PutPngAsync(decomposition.Background.Atlas);
        context.Report(0.97, "showing what was tracked");
        output.Artifacts[ArtifactNames.Mask] = await TrackedMaskVideo.StoreAsync(context, decomposition);
        KeyframeProposals.AddTo(output.Facts, decomposition, context.Cancellation);
        foreach (var (name, value) in decomposition.Metrics.ToDictionary().Where(m => double.IsFinite(m.Value)))
            output.Metrics[name] = value;
        output.Metrics["bytes"] = bytes.Length;
        return output;
    }

    private static double Share(double fraction) => 0.05 + (0.9 * fraction);

    /// <summary>Progress on the calling thread: <see cref="Progress{T}"/> would post it elsewhere and out of order.</summary>
    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
