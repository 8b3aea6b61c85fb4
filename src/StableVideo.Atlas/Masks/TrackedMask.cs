using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>
/// Marks of some frames carried through the clip: warped by optical flow, their edges moved to the nearest colour edge by GrabCut in a narrow band. Between two
/// marks each is carried towards the other, and the nearer one counts more.
/// </summary>
internal static class TrackedMask
{
    private const int Band = 7;
    private const int LeastPixels = 30;

    /// <exception cref="AtlasException">The object was lost on the way.</exception>
    public static Raster<byte>[] Track(IReadOnlyList<MarkedFrame> marks, SolveClip clip, PairFlow[] flows, StageProgress progress)
    {
        var ordered = marks.OrderBy(mark => mark.Frame).ToList();
        var masks = new Raster<byte>?[clip.Count];
        foreach (var mark in ordered)
            masks[mark.Frame] = MaskOps.Threshold(Resample.Resize(mark.Mask, clip.Width, clip.Height, ResampleFilter.Area));
        var (onwards, backwards) = (new Raster<byte>?[clip.Count], new Raster<byte>?[clip.Count]);
        var steps = clip.Count + (ordered[^1].Frame - ordered[0].Frame);
        foreach (var mark in ordered)
        {
            Carry(mark.Frame, 1, masks, onwards, t => Resample.WarpByFlow(onwards[t - 1] ?? masks[t - 1]!, flows[t - 1].Backward), clip, steps, progress);
            Carry(mark.Frame, -1, masks, backwards, t => Resample.WarpByFlow(backwards[t + 1] ?? masks[t + 1]!, flows[t].Forward), clip, steps, progress);
        }

        for (var t = 0; t < masks.Length; t++)
            masks[t] ??= Join(t, ordered, onwards[t], backwards[t]);
        return masks!;
    }

    /// <summary>Carries a mark one way until the clip ends, another mark is met or the object is lost.</summary>
    private static void Carry(
        int from, int way, Raster<byte>?[] marked, Raster<byte>?[] carried, Func<int, Raster<byte>> warp, SolveClip clip, int steps, StageProgress progress)
    {
        for (var t = from + way; t >= 0 && t < clip.Count && marked[t] is null; t += way)
        {
            var soft = Follow(warp(t), clip.Rgb[t]);
            if (MaskOps.Area(Sharpen(soft)) < LeastPixels)
                return;
            carried[t] = soft;
            progress.Step(steps);
        }
    }

    private static Raster<byte> Join(int t, List<MarkedFrame> marks, Raster<byte>? onwards, Raster<byte>? backwards)
    {
        if ((onwards ?? backwards) is not { } one)
        {
            throw new AtlasException(
                $"The object marked in frame {marks.MinBy(mark => Math.Abs(mark.Frame - t))!.Frame} was lost at frame {t}. Mark it in frame {t} as well, give one mask per frame, or cut the clip there.");
        }

        if (onwards is null || backwards is null)
            return Sharpen(one);
        var before = marks.Last(mark => mark.Frame < t).Frame;
        var after = marks.First(mark => mark.Frame > t).Frame;
        return Sharpen(Mix(onwards, backwards, (double)(t - before) / (after - before)));
    }

    private static Raster<byte> Mix(Raster<byte> one, Raster<byte> other, double share)
    {
        var mixed = one.Clone();
        for (var i = 0; i < mixed.Data.Length; i++)
            mixed.Data[i] = (byte)Math.Round(one.Data[i] + (share * (other.Data[i] - one.Data[i])));
        return mixed;
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
