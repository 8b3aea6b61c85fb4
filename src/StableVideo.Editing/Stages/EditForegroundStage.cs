using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Section 3.3: the foreground keyframes, one after the other, each conditioned on all before it and checkpointed when done.</summary>
internal static class EditForegroundStage
{
    public static async Task<StageOutput> RunAsync(StageContext context)
    {
        var output = new StageOutput();
        if (context.Settings.ForegroundPrompt is not { } prompt)
            return output;
        context.Report(0, "choosing keyframes");
        var decomposition = await context.LoadDecompositionAsync();
        var model = context.Model();
        output.AddModel(model, prompt, context.Settings.NegativePrompt);
        var order = context.Settings.Keyframes
            ?? KeyframeProposals.Choose(StageKeys.Result(context.Upstream, StageKind.Decompose), decomposition, context.Settings.KeyframeCount, context.Cancellation);
        var frames = await ClipFrames.ReadSomeAsync(context, order);
        var views = order.Select(k => KeyframeView.Cut(decomposition, k, frames[k])).ToList();

        var edits = new List<KeyframeEdit>();
        var partials = new List<(int Frame, PartialAtlas Atlas)>();
        foreach (var view in views)
        {
            var (done, all) = (edits.Count, views.Count);
            void Report(double fraction, string message) => context.Report(0.05 + (0.95 * (done + fraction) / all), $"{message} ({done + 1} of {all})");
            using var span = EditingSpans.StartKeyframe(view.Frame);
            var key = StageKeys.Keyframe(context.Inputs, context.Upstream, model.Facts, view.Frame, edits);
            var edit = await FindAsync(context, key) ?? await PaintAsync(context, key, view, partials, decomposition, model, Report);
            edits.Add(edit);
            await KeepAsync(context, edits);
            var painted = await context.ReadImageAsync(edit.After, 3);
            context.Previews.Show(ArtifactNames.KeyframePreview(edit.Frame), painted);
            partials.Add((view.Frame, KeyframePainter.Scatter(view, painted, decomposition.Foreground.AtlasWidth, decomposition.Foreground.AtlasHeight)));
        }

        output.Artifacts[ArtifactNames.Keyframes] = await context.PutJsonAsync(edits);
        foreach (var edit in edits)
        {
            output.Artifacts[ArtifactNames.KeyframeBefore(edit.Frame)] = edit.Before;
            output.Artifacts[ArtifactNames.KeyframeAfter(edit.Frame)] = edit.After;
        }

        output.Metrics["keyframes"] = edits.Count;
        output.Facts["keyframes"] = KeyframeProposals.ToText(order);
        return output;
    }

    private static async Task<KeyframeEdit> PaintAsync(
        StageContext context,
        string key,
        KeyframeView view,
        IReadOnlyList<(int Frame, PartialAtlas Atlas)> partials,
        Decomposition decomposition,
        OpenModel model,
        Action<double, string> report)
    {
        var nearestFirst = partials.OrderBy(p => Math.Abs(p.Frame - view.Frame)).Select(p => p.Atlas).ToList();
        var steps = new StepProgress(report, $"keyframe {view.Frame}", context.Previews, ArtifactNames.ForegroundPreview);
        var painted = KeyframePainter.Paint(
            view, nearestFirst, decomposition.Foreground.Atlas.ToFloat(), model.Network, context.Settings, steps, context.Cancellation);
        var edit = new KeyframeEdit(view.Frame, view.Box, await context.PutPngAsync(view.Colour), await context.PutPngAsync(painted));
        await context.Results.WriteAsync($"keyframes/{key}", edit, context.Cancellation);
        return edit;
    }

    private static Task<KeyframeEdit?> FindAsync(StageContext context, string key) =>
        context.Results.FindAsync<KeyframeEdit>($"keyframes/{key}", edit => [edit.Before, edit.After], context.Cancellation);

    /// <summary>The first keyframes of a long edit are not to be collected before the result of the stage names them.</summary>
    private static async Task KeepAsync(StageContext context, IEnumerable<KeyframeEdit> edits) =>
        _ = await context.Store.TouchAllAsync(edits.SelectMany(edit => new[] { edit.Before, edit.After }), context.Cancellation);
}
