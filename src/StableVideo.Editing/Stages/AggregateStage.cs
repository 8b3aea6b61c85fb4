using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Section 3.4: the edited keyframes become one edited foreground atlas.</summary>
internal static class AggregateStage
{
    public static async Task<StageOutput> RunAsync(StageContext context)
    {
        var output = new StageOutput();
        if (context.Settings.ForegroundPrompt is null)
            return output;
        context.Report(0, "carrying keyframes into the atlas");
        var decomposition = await context.LoadDecompositionAsync();
        var layer = decomposition.Foreground;
        var original = layer.Atlas.ToFloat();
        var targets = new List<AggregationTarget>();
        foreach (var edit in await context.ReadKeyframesAsync())
            targets.Add(await ReadAsync(context, decomposition, edit));

        context.Report(0.1, "blending");
        var start = RobustBlend.Blend([.. targets.Select(t => t.Partial)]);
        using var fitting = EditingSpans.Start("fit aggregation network");
        var fitted = AggregationNetwork.Fit(start, targets, context.Settings.AggregationSteps, (fraction, message) => context.Report(0.15 + (0.75 * fraction), message), context.Cancellation);

        fitting?.Dispose();
        context.Report(0.9, "completing the atlas");
        var whole = HoleFill.Complete(original, fitted.Atlas, start.Weight);
        output.Artifacts[ArtifactNames.EditedForegroundAtlas] = await context.PutPngAsync(whole.ToBytes());
        output.Metrics["lossBefore"] = fitted.LossBefore;
        output.Metrics["lossAfter"] = fitted.LossAfter;
        output.Metrics["trainingSteps"] = fitted.Steps;
        output.Metrics["seenByKeyframes"] = SeenShare(layer, start.Weight);
        return output;
    }

    private static async Task<AggregationTarget> ReadAsync(StageContext context, Decomposition decomposition, KeyframeEdit edit)
    {
        var before = await context.ReadImageAsync(edit.Before, 3);
        var painted = await context.ReadImageAsync(edit.After, 3);
        var uv = new Raster<float>(decomposition.Width, decomposition.Height, 2);
        decomposition.Foreground.FillUv(edit.Frame, uv);
        var view = new KeyframeView(edit.Frame, edit.Box, before, decomposition.Alpha(edit.Frame).Crop(edit.Box), uv.Crop(edit.Box));
        return new AggregationTarget(view, painted, KeyframePainter.Scatter(view, painted, decomposition.Foreground.AtlasWidth, decomposition.Foreground.AtlasHeight));
    }

    /// <summary>Share of the atlas that frames show and keyframes saw.</summary>
    private static double SeenShare(Layer layer, Raster<float> weight)
    {
        var (covered, seen) = (0, 0);
        for (var i = 0; i < weight.Data.Length; i++)
        {
            if (layer.Coverage.Data[i] < 128)
                continue;
            covered++;
            seen += weight.Data[i] > 0 ? 1 : 0;
        }

        return covered == 0 ? 0 : (double)seen / covered;
    }
}
