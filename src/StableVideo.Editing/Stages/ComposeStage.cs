using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Section 3.5: the edited atlases back into every frame, encoded with the clip's frame rate and sound.</summary>
internal static class ComposeStage
{
    public static async Task<StageOutput> RunAsync(StageContext context)
    {
        context.Report(0, "preparing the atlases");
        var decomposition = await context.LoadDecompositionAsync();
        var foreground = await EditedAtlasAsync(context, StageKind.Aggregate, ArtifactNames.EditedForegroundAtlas, "foreground", context.Inputs.ProtectForeground);
        var background = await EditedAtlasAsync(context, StageKind.EditBackground, ArtifactNames.EditedBackgroundAtlas, "background", context.Inputs.ProtectBackground);
        var compositor = new EditCompositor(decomposition, foreground, background, context.Settings.DetailCarry);
        var rate = ProbeStage.RateOf(context);

        var output = new StageOutput();
        await ShowProtectedAsync(context, output, ArtifactNames.ProtectedForegroundAtlas, decomposition.Foreground, foreground);
        await ShowProtectedAsync(context, output, ArtifactNames.ProtectedBackgroundAtlas, decomposition.Background, background);
        var steadiness = new WarpingError();
        var path = Path.Combine(Path.GetTempPath(), $"stablevideo-{Guid.NewGuid():N}.mp4");
        try
        {
            using var clip = await context.VideoFileAsync();
            await RenderAsync(context, decomposition, compositor, clip.Path, path, rate, steadiness);
            output.Artifacts[ArtifactNames.Video] = await context.Store.PutFileAsync(path, context.Cancellation);
        }
        finally
        {
            File.Delete(path);
        }

        output.Metrics["frames"] = decomposition.FrameCount;
        output.Metrics["warpingError"] = steadiness.Edit;
        output.Metrics["sourceWarpingError"] = steadiness.Source;
        return output;
    }

    private static async Task RenderAsync(
        StageContext context, Decomposition decomposition, EditCompositor compositor, string clip, string path, FrameRate rate, WarpingError steadiness)
    {
        using var span = EditingSpans.Start("render and encode")?.SetTag("stablevideo.frames", decomposition.FrameCount);
        await using var writer = VideoWriter.Create(path, decomposition.Width, decomposition.Height, rate, new VideoWriteOptions { AudioFrom = clip, FrameCount = decomposition.FrameCount });
        var rendered = new Raster<byte>(decomposition.Width, decomposition.Height, 3);
        var number = 0;
        await foreach (var frame in VideoReader.ReadAsync(clip, ClipFrames.Options with { ReuseFrames = true }, context.Cancellation))
        {
            if (number == decomposition.FrameCount)
                break;
            compositor.Compose(number, frame, rendered);
            steadiness.Add(frame, rendered);
            await writer.WriteAsync(rendered, context.Cancellation);
            context.Report(0.05 + (0.9 * ++number / decomposition.FrameCount), $"frame {number} of {decomposition.FrameCount}");
        }

        if (number < decomposition.FrameCount)
            throw new EditException($"The clip ends after {number} frames but was decomposed with {decomposition.FrameCount}. Decompose it again.");
        await writer.CompleteAsync(context.Cancellation);
    }

    private static async Task<EditedAtlas?> EditedAtlasAsync(StageContext context, StageKind stage, string name, string layer, ArtifactId? mask)
    {
        if (!StageKeys.Result(context.Upstream, stage).Artifacts.TryGetValue(name, out var id))
            return null;
        var picture = await context.ReadImageAsync(id, 3);
        if (mask is null)
            return new EditedAtlas(picture);
        var painted = await ProtectMasks.ReadAsync(mask.Value, layer, picture.Width, picture.Height, context.Store, context.Cancellation);
        return new EditedAtlas(picture, Protection.Weights(painted));
    }

    private static async Task ShowProtectedAsync(StageContext context, StageOutput output, string name, Layer layer, EditedAtlas? edit)
    {
        if (edit?.Protected is { } weights)
            output.Artifacts[name] = await context.PutPngAsync(Protection.Blend(layer.Atlas, edit.Picture, weights));
    }
}
