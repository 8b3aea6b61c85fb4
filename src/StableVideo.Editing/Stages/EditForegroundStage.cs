using System.Text.Json;
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
            ?? KeyframeChoice.Choose(AtlasCells.Seen(decomposition, context.Cancellation), context.Settings.KeyframeCount, decomposition.FrameCount);
        var frames = await ClipFrames.ReadSomeAsync(context, order);
        var views = order.Select(k => KeyframeView.Cut(decomposition, k, frames[k])).ToList();

        var edits = new List<KeyframeEdit>();
        var partials = new List<(int Frame, PartialAtlas Atlas)>();
        foreach (var view in views)
        {
            var (done, all) = (edits.Count, views.Count);
            void Report(double fraction, string message) => context.Report(0.05 + (0.95 * (done + fraction) / all), $"{message} ({done + 1} of {all})");
            var key = StageKeys.Keyframe(context.Inputs, context.Upstream, model.Facts, view.Frame, edits);
            var edit = await FindAsync(context, key) ?? await PaintAsync(context, key, view, partials, decomposition, model, Report);
            edits.Add(edit);
            var painted = await context.ReadImageAsync(edit.After, 3);
            partials.Add((view.Frame, KeyframePainter.Scatter(view, painted, decomposition.Foreground.AtlasWidth, decomposition.Foreground.AtlasHeight)));
        }

        output.Artifacts[ArtifactNames.Keyframes] = await context.PutJsonAsync(edits);
        foreach (var edit in edits)
        {
            output.Artifacts[ArtifactNames.KeyframeBefore(edit.Frame)] = edit.Before;
            output.Artifacts[ArtifactNames.KeyframeAfter(edit.Frame)] = edit.After;
        }

        output.Metrics["keyframes"] = edits.Count;
        output.Facts["keyframes"] = string.Join(' ', order);
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
        var painted = KeyframePainter.Paint(
            view, nearestFirst, decomposition.Foreground.Atlas.ToFloat(), model.Network, context.Settings, report, context.Cancellation);
        var edit = new KeyframeEdit(view.Frame, view.Box, await context.PutPngAsync(view.Colour), await context.PutPngAsync(painted));
        await context.Store.WriteDocumentAsync(
            $"keyframes/{key}", JsonSerializer.SerializeToUtf8Bytes(edit, EditJson.Options), WriteCondition.Any, context.Cancellation);
        return edit;
    }

    private static async Task<KeyframeEdit?> FindAsync(StageContext context, string key)
    {
        var document = await context.Store.ReadDocumentAsync($"keyframes/{key}", context.Cancellation);
        if (document is null)
            return null;
        var edit = JsonSerializer.Deserialize<KeyframeEdit>(document.Content.Span, EditJson.Options)!;
        var whole = await context.Store.ExistsAsync(edit.Before, context.Cancellation) && await context.Store.ExistsAsync(edit.After, context.Cancellation);
        return whole ? edit : null;
    }
}
