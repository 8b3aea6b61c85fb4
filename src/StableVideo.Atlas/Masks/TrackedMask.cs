using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>A mask of frame 0 carried through the clip: warped by optical flow, its edge moved to the nearest colour edge by GrabCut in a narrow band.</summary>
internal static class TrackedMask
{
    private const int Band = 7;
    private const int LeastPixels = 30;

    /// <exception cref="AtlasException">The object was lost on the way.</exception>
    public static Raster<byte>[] Track(Raster<byte> first, SolveClip clip, PairFlow[] flows, StageProgress progress)
    {
        var masks = new Raster<byte>[clip.Count];
        masks[0] = MaskOps.Threshold(Resample.Resize(first, clip.Width, clip.Height, ResampleFilter.Area));
        var soft = masks[0];
        for (var t = 1; t < clip.Count; t++)
        {
            soft = Follow(Resample.WarpByFlow(soft, flows[t - 1].Backward), clip.Rgb[t]);
            masks[t] = Sharpen(soft);
            if (MaskOps.Area(masks[t]) < LeastPixels)
                throw new AtlasException($"The object marked in frame 0 was lost at frame {t}. Give one mask per frame with --mask, or cut the clip before frame {t}.");
            progress.Report(t, clip.Count);
        }

        return masks;
    }

    private static Raster<byte> Follow(Raster<byte> warped, Raster<byte> picture)
    {
        var cut = MaskOps.GrabCut(picture, warped, Band);
        cut = MaskOps.RemoveSmallComponents(cut, Math.Max(1, MaskOps.Area(cut) / 20));
        var edge = Resample.GaussianBlur(cut, 2);
        for (var i = 0; i < edge.Data.Length; i++)
            edge.Data[i] = (byte)((edge.Data[i] + warped.Data[i] + 1) / 2);
        return edge;
    }

    /// <summary>Doubles the contrast around one half.</summary>
    private static Raster<byte> Sharpen(Raster<byte> soft)
    {
        var mask = soft.Clone();
        for (var i = 0; i < mask.Data.Length; i++)
            mask.Data[i] = (byte)Math.Clamp((2 * mask.Data[i]) - 128, 0, 255);
        return mask;
    }
}
