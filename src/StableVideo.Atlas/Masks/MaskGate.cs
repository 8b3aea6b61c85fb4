using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>Decides whether masks found by motion are good enough to build on, and refuses with a reason where they are not.</summary>
internal static class MaskGate
{
    private const double LeastShare = 0.004;
    private const double MostShare = 0.6;
    private const double LeastOverlap = 0.65;
    private const double MostEmpty = 0.1;
    private const string Advice = "Give a mask with --mask: a mask video, a folder of masks, or one image that marks the object in frame 0.";

    /// <exception cref="AtlasException">With the reason and what to do.</exception>
    public static void Check(Raster<byte>[] masks, PairFlow[] flows)
    {
        var pixels = (double)masks[0].Width * masks[0].Height;
        var shares = masks.Select(m => MaskOps.Area(m) / pixels).ToArray();
        if (shares.Count(s => s < LeastShare) > MostEmpty * masks.Length)
            throw new AtlasException($"No object moves clearly against the background. {Advice}");
        if (shares.Average() > MostShare)
            throw new AtlasException($"What moves fills {shares.Average():P0} of the picture, so object and background can not be told apart by motion. {Advice}");
        var overlap = Overlap(masks, flows);
        if (overlap < LeastOverlap)
            throw new AtlasException($"The moving object's outline changes too much from frame to frame (overlap {overlap:P0}). {Advice}");
    }

    /// <summary>Mean overlap of a mask with its neighbour's, carried over by flow.</summary>
    private static double Overlap(Raster<byte>[] masks, PairFlow[] flows)
    {
        var sum = 0.0;
        for (var t = 0; t < flows.Length; t++)
            sum += MaskOps.IntersectionOverUnion(masks[t], Resample.WarpByFlow(masks[t + 1], flows[t].Forward));
        return sum / flows.Length;
    }
}
