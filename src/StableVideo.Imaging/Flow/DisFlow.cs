namespace StableVideo.Imaging.Flow;

/// <summary>
/// Dense inverse search (Kroeger, Timofte, Dai, Van Gool, "Fast Optical Flow using Dense Inverse Search", 2016): from coarse to fine,
/// patches on a grid are aligned by inverse gradient descent, blended into a dense field, and smoothed by a few variational steps.
/// Runs on the calling thread; frame pairs are the unit of parallelism.
/// </summary>
internal static class DisFlow
{
    private const int SmallestSide = 12;

    /// <summary>Flow f with <c>to(x + f(x)) ~ from(x)</c>, [H, W, 2] in pixels; see <see cref="OpticalFlow.Compute"/>.</summary>
    public static Raster<float> Compute(Raster<byte> from, Raster<byte> to, FlowOptions options)
    {
        var a = Pyramid(from, options.MaxMotion);
        var b = Pyramid(to, options.MaxMotion);
        var (u, v) = (new PaddedPlane(a[^1].Width, a[^1].Height), new PaddedPlane(a[^1].Width, a[^1].Height));
        for (var level = a.Count - 1; level >= 0; level--)
        {
            if (level < a.Count - 1)
                (u, v) = (Double(u, a[level]), Double(v, a[level]));
            PatchSearch.Run(a[level], b[level], u, v);
            VariationalRefinement.Run(a[level], b[level], u, v, options.RefinementIterations);
            a[level].Dispose();
            b[level].Dispose();
        }

        var flow = Interleave(u, v);
        u.Dispose();
        v.Dispose();
        return flow;
    }

    /// <summary>Levels until motion of <paramref name="maxMotion"/> pixels shrinks to a patch's reach, or the picture to a patch.</summary>
    private static List<PaddedPlane> Pyramid(Raster<byte> picture, int maxMotion)
    {
        List<PaddedPlane> levels = [PaddedPlane.From(picture)];
        for (var motion = (double)maxMotion; motion > PatchSearch.Size / 2 && Math.Min(levels[^1].Width, levels[^1].Height) >= 2 * SmallestSide; motion /= 2)
            levels.Add(levels[^1].Halve());
        return levels;
    }

    /// <summary>A coarse flow component at twice the size, twice as long; gives the coarse one's memory back.</summary>
    private static PaddedPlane Double(PaddedPlane coarse, PaddedPlane like)
    {
        var fine = new PaddedPlane(like.Width, like.Height);
        for (var y = 0; y < fine.Height; y++)
        {
            var sy = Math.Min(((y + 0.5f) / 2) - 0.5f, coarse.Height - 1);
            var j = (int)MathF.Floor(sy);
            var fy = sy - j;
            var to = fine.Row(y);
            for (var x = 0; x < to.Length; x++)
            {
                var sx = Math.Min(((x + 0.5f) / 2) - 0.5f, coarse.Width - 1);
                var i = (int)MathF.Floor(sx);
                var fx = sx - i;
                var k = coarse.Index(i, j);
                var upper = coarse.Data[k] + (fx * (coarse.Data[k + 1] - coarse.Data[k]));
                var lower = coarse.Data[k + coarse.Stride] + (fx * (coarse.Data[k + coarse.Stride + 1] - coarse.Data[k + coarse.Stride]));
                to[x] = 2 * (upper + (fy * (lower - upper)));
            }
        }

        fine.RepeatBorder();
        coarse.Dispose();
        return fine;
    }

    private static Raster<float> Interleave(PaddedPlane u, PaddedPlane v)
    {
        var flow = new Raster<float>(u.Width, u.Height, 2);
        for (var y = 0; y < u.Height; y++)
        {
            var us = u.Row(y);
            var vs = v.Row(y);
            var to = flow.Row(y);
            for (var x = 0; x < us.Length; x++)
                (to[2 * x], to[(2 * x) + 1]) = (us[x], vs[x]);
        }

        return flow;
    }
}
