using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>Segments the object that moves against the background's global motion.</summary>
internal static class MotionMasks
{
    private const int Hops = 4;
    private const double LeastMotion = 0.35;
    private const int LeastPixels = 30;
    private const double SmallComponent = 0.2;

    /// <exception cref="AtlasException">Nothing moves, or what moves is no steady object.</exception>
    public static Raster<byte>[] Find(SolveClip clip, PairFlow[] flows, StageProgress progress)
    {
        var steps = GlobalMotion.BackgroundSteps(clip, flows, null, new StageProgress(null, 0, 0, progress.Cancellation));
        var motion = new Raster<float>[clip.Count];
        Parallel.For(0, clip.Count, progress.Parallel, t => motion[t] = AgainstBackground(t, clip, flows, steps));
        var threshold = Math.Max(LeastMotion, 3 * Median(motion));
        var soft = Propagate([.. motion.Select(m => Soften(m, threshold))], flows);
        var masks = new Raster<byte>[clip.Count];
        Parallel.For(0, clip.Count, progress.Parallel, t =>
        {
            masks[t] = Cut(soft[t], clip.Rgb[t]);
            progress.Step(clip.Count);
        });
        MaskGate.Check(masks, flows);
        return masks;
    }

    /// <summary>Mean deviation from the background's motion over a few frames ahead or behind, whichever is smaller, in solver pixels per frame.</summary>
    private static Raster<float> AgainstBackground(int t, SolveClip clip, PairFlow[] flows, Homography[] steps)
    {
        var ahead = Deviation(t, clip, flows, steps, forward: true);
        var behind = Deviation(t, clip, flows, steps, forward: false);
        if (ahead is null || behind is null)
            return ahead ?? behind ?? new Raster<float>(clip.Width, clip.Height, 1);
        System.Numerics.Tensors.TensorPrimitives.Min<float>(ahead.Data, behind.Data, ahead.Data);
        return ahead;
    }

    private static Raster<float>? Deviation(int t, SolveClip clip, PairFlow[] flows, Homography[] steps, bool forward)
    {
        var hops = forward ? Math.Min(Hops, flows.Length - t) : Math.Min(Hops, t);
        if (hops < Math.Min(2, flows.Length))
            return null;
        var result = new Raster<float>(clip.Width, clip.Height, 1);
        for (var y = 0; y < clip.Height; y++)
        {
            for (var x = 0; x < clip.Width; x++)
            {
                float px = x, py = y;
                double hx = (x + 0.5) * clip.ScaleX, hy = (y + 0.5) * clip.ScaleY;
                for (var k = 0; k < hops; k++)
                {
                    var pair = forward ? t + k : t - k - 1;
                    var flow = forward ? flows[pair].Forward : flows[pair].Backward;
                    var (fx, fy) = (FlowMatches.Look(flow, px, py), FlowMatches.Look(flow, px, py, 1));
                    (px, py) = (px + fx, py + fy);
                    (hx, hy) = forward ? steps[pair].Apply(hx, hy) : steps[pair].Inverse().Apply(hx, hy);
                }

                double dx = px - ((hx / clip.ScaleX) - 0.5), dy = py - ((hy / clip.ScaleY) - 0.5);
                result[x, y] = (float)(Math.Sqrt((dx * dx) + (dy * dy)) / hops);
            }
        }

        return result;
    }

    private static double Median(Raster<float>[] motion)
    {
        var sample = motion.SelectMany(m => m.Data.Where((_, i) => i % 97 == 0)).ToArray();
        Array.Sort(sample);
        return sample[sample.Length / 2];
    }

    private static Raster<float> Soften(Raster<float> motion, double threshold)
    {
        var soft = new Raster<float>(motion.Width, motion.Height, 1);
        for (var i = 0; i < soft.Data.Length; i++)
            soft.Data[i] = 255 * (float)Math.Clamp((motion.Data[i] - (threshold / 2)) / threshold, 0, 1);
        return soft;
    }

    /// <summary>Running means along the flow, from both ends of the clip.</summary>
    private static Raster<byte>[] Propagate(Raster<float>[] soft, PairFlow[] flows)
    {
        var fromStart = new Raster<float>[soft.Length];
        var fromEnd = new Raster<float>[soft.Length];
        fromStart[0] = soft[0];
        for (var t = 1; t < soft.Length; t++)
            fromStart[t] = Mean(soft[t], Resample.WarpByFlow(fromStart[t - 1], flows[t - 1].Backward));
        fromEnd[^1] = soft[^1];
        for (var t = soft.Length - 2; t >= 0; t--)
            fromEnd[t] = Mean(soft[t], Resample.WarpByFlow(fromEnd[t + 1], flows[t].Forward));
        return [.. fromStart.Zip(fromEnd, (a, b) => Mean(a, b).ToBytes())];
    }

    private static Raster<float> Mean(Raster<float> a, Raster<float> b)
    {
        var mean = new Raster<float>(a.Width, a.Height, 1);
        for (var i = 0; i < mean.Data.Length; i++)
            mean.Data[i] = 0.5f * (a.Data[i] + b.Data[i]);
        return mean;
    }

    private static Raster<byte> Cut(Raster<byte> soft, Raster<byte> picture)
    {
        var rough = KeepLarge(MaskOps.Threshold(soft));
        var area = MaskOps.Area(rough);
        if (area < LeastPixels)
            return rough;
        var band = Math.Max(3, (int)(0.06 * Math.Sqrt(area)));
        return KeepLarge(MaskOps.GrabCut(picture, rough, band, 3));
    }

    private static Raster<byte> KeepLarge(Raster<byte> mask)
    {
        var components = MaskOps.ConnectedComponents(mask).Components;
        return components.Count <= 1 ? mask : MaskOps.RemoveSmallComponents(mask, (int)(SmallComponent * components.Max(c => c.Area)));
    }
}
