using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>
/// Matches of the foreground between frames several steps apart: drift grows with the number of hops, not with time.
/// Flow runs only on windows around the object, one in each frame, so its own large motion is taken out beforehand.
/// </summary>
internal static class HopFlow
{
    private const int Border = 16;
    private const int Granularity = 16;

    public static MatchList[] Sample(SolveClip clip, Raster<byte>[] masks, Raster<float>[] weights, int hop, int step, StageProgress progress)
    {
        var count = hop < 2 ? 0 : Math.Max(0, clip.Count - hop);
        var boxes = masks.Select(MaskOps.BoundingBox).ToArray();
        var matches = new MatchList[count][];
        Parallel.For(0, count, progress.Parallel, t =>
        {
            matches[t] = boxes[t] is { } a && boxes[t + hop] is { } b ? Sample(clip, weights, t, a, t + hop, b, step) : [];
            progress.Step(count);
        });
        return [.. matches.SelectMany(m => m)];
    }

    private static MatchList[] Sample(SolveClip clip, Raster<float>[] weights, int a, PixelBox boxA, int b, PixelBox boxB, int step)
    {
        int width = Math.Min(clip.Width, RoundUp(Math.Max(boxA.Width, boxB.Width) + (2 * Border)));
        int height = Math.Min(clip.Height, RoundUp(Math.Max(boxA.Height, boxB.Height) + (2 * Border)));
        var windowA = Window(boxA, width, height, clip);
        var windowB = Window(boxB, width, height, clip);
        var flow = PairFlow.Compute(clip.Gray[a].Crop(windowA), clip.Gray[b].Crop(windowB));
        return
        [
            new MatchList(a, b, FlowMatches.Sample(clip, flow.Forward, flow.ForwardTrust, windowA, windowB, weights[a], weights[b], step)),
            new MatchList(b, a, FlowMatches.Sample(clip, flow.Backward, flow.BackwardTrust, windowB, windowA, weights[b], weights[a], step)),
        ];
    }

    /// <summary>A window of the given size centred on the box, inside the frame.</summary>
    private static PixelBox Window(PixelBox box, int width, int height, SolveClip clip) => new(
        Math.Clamp(box.X + (box.Width / 2) - (width / 2), 0, clip.Width - width),
        Math.Clamp(box.Y + (box.Height / 2) - (height / 2), 0, clip.Height - height),
        width,
        height);

    private static int RoundUp(int length) => (length + Granularity - 1) / Granularity * Granularity;
}
