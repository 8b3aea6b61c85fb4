using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Looks at clip and mask before anything expensive starts.</summary>
internal static class ProbeStage
{
    public const string Frames = "frames";
    public const string Width = "width";
    public const string Height = "height";
    public const string RateNumerator = "frameRateNumerator";
    public const string RateDenominator = "frameRateDenominator";

    public static async Task<StageOutput> RunAsync(StageContext context)
    {
        using var file = await context.VideoFileAsync();
        var info = await VideoReader.ProbeAsync(file.Path, context.Cancellation);
        CheckLength(info.FrameCount ?? 0, context.Settings.MaxFrames, info);
        context.Report(0.1, "counting frames");
        var frames = await CountAsync(VideoReader.ReadAsync(file.Path, ClipFrames.Options with { ReuseFrames = true }, context.Cancellation), context.Settings.MaxFrames, info);
        context.Report(0.6, "checking the mask");
        await CheckMaskAsync(context, info, frames);

        var output = new StageOutput();
        output.Metrics[Frames] = frames;
        output.Metrics[Width] = info.Width;
        output.Metrics[Height] = info.Height;
        output.Metrics[RateNumerator] = info.Rate.Numerator;
        output.Metrics[RateDenominator] = info.Rate.Denominator;
        output.Metrics["frameRate"] = info.FrameRate;
        output.Metrics["seconds"] = info.Duration.TotalSeconds;
        output.Facts["codec"] = info.Codec;
        output.Facts["audio"] = info.HasAudio ? "yes" : "no";
        return output;
    }

    /// <summary>The clip's frame rate.</summary>
    public static FrameRate RateOf(StageContext context) => new((int)context.Metric(StageKind.Probe, RateNumerator), (int)context.Metric(StageKind.Probe, RateDenominator));

    /// <summary>Whether the keyframes asked for lie inside the clip. Not part of the stage's result, so that other keyframes don't probe again.</summary>
    public static void CheckKeyframes(EditSettings settings, StageResult probe)
    {
        var frames = (int)probe.Metrics[Frames];
        var outside = (settings.Keyframes ?? []).Where(k => k >= frames).ToList();
        if (outside.Count > 0)
        {
            throw new EditException(
                $"Keyframe{(outside.Count > 1 ? "s" : "")} {string.Join(", ", outside)} lie{(outside.Count > 1 ? "" : "s")} outside the clip, whose {frames} frames are numbered 0 to {frames - 1}.");
        }
    }

    private static void CheckLength(int frames, int most, VideoInfo info)
    {
        if (frames > most)
            throw new EditException($"The clip has {(frames == int.MaxValue ? $"more than {most}" : frames)} frames ({info.Duration.TotalSeconds:0.#} s); at most {most} are accepted. Cut it, or raise the frame limit.");
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<Raster<byte>> frames, int most, VideoInfo info)
    {
        var count = 0;
        await foreach (var _ in frames)
        {
            if (++count > most)
                CheckLength(int.MaxValue, most, info);
        }

        return count > 0 ? count : throw new EditException("The clip has no frames.");
    }

    private static async Task CheckMaskAsync(StageContext context, VideoInfo info, int frames)
    {
        var masks = await ClipFrames.ReadMasksAsync(context, info.Width, info.Height, frames);
        if (masks is not null && masks.All(mask => MaskOps.Area(mask) == 0))
            throw new EditException("The mask is black throughout; white marks the object. Check that it is not inverted or empty.");
        var marks = await ClipFrames.ReadMarksAsync(context, info.Width, info.Height, frames);
        if (marks.FirstOrDefault(mark => MaskOps.Area(mark.Mask) == 0) is { } empty)
            throw new EditException($"The mark of frame {empty.Frame} is black; white marks the object. Mark the object there, or leave the frame out.");
    }
}
