using System.Numerics;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>The global motion G_t of a layer: robust motions between neighbours, chained to a reference frame.</summary>
internal static class GlobalMotion
{
    private const int LeastMatches = 30;
    private const int MostMatches = 3000;
    private const double MostStretch = 1.6;

    /// <summary>Motion from frame t to t + 1 of everything outside the masks, as homographies of frame pixels.</summary>
    public static Homography[] BackgroundSteps(SolveClip clip, PairFlow[] flows, Raster<float>[]? masks, StageProgress progress)
    {
        var steps = new Homography[flows.Length];
        for (var t = 0; t < flows.Length; t++)
        {
            var mask = masks?[t];
            var (from, to) = Matches(clip, flows[t], 8, (x, y) => mask is null || mask[x, y] < 0.3f);
            var found = from.Length < LeastMatches ? null : Geometry.FindHomography(from, to, clip.Unit);
            steps[t] = found is null ? Homography.Identity : Homography.From(found);
            progress.Report(t + 1, flows.Length);
        }

        return steps;
    }

    /// <summary>
    /// The background's G_t. Homographies explain a turning camera exactly but stretch without bound under wide pans; there similarities take
    /// their place, every frame keeps its size in the mosaic, and the lattice takes up the perspective.
    /// </summary>
    public static Homography[] Background(SolveClip clip, PairFlow[] flows, Raster<float>[] masks, int reference, StageProgress progress)
    {
        var exact = Chain(BackgroundSteps(clip, flows, masks, progress), reference);
        if (exact.All(g => MildlyStretched(g, clip.FrameWidth, clip.FrameHeight)))
            return exact;
        var steps = new Homography[flows.Length];
        for (var t = 0; t < flows.Length; t++)
        {
            var mask = masks[t];
            var (from, to) = Matches(clip, flows[t], 8, (x, y) => mask[x, y] < 0.3f);
            var found = from.Length < LeastMatches ? null : Geometry.EstimateSimilarity(from, to, 3 * clip.Unit);
            steps[t] = found is null ? Homography.Identity : Homography.FromAffine(found);
        }

        return Chain(steps, reference);
    }

    /// <summary>Motion from frame t to t + 1 of what lies inside the masks, as similarities of frame pixels.</summary>
    public static Homography[] ForegroundSteps(SolveClip clip, PairFlow[] flows, Raster<float>[] masks, StageProgress progress)
    {
        var steps = new Homography[flows.Length];
        for (var t = 0; t < flows.Length; t++)
        {
            var mask = masks[t];
            var (from, to) = Matches(clip, flows[t], 2, (x, y) => mask[x, y] > 0.7f);
            var found = from.Length < LeastMatches ? null : Geometry.EstimateSimilarity(from, to, 2 * clip.Unit);
            steps[t] = found is null ? Homography.Identity : Homography.FromAffine(found);
            progress.Report(t + 1, flows.Length);
        }

        return steps;
    }

    /// <summary>From steps t -> t + 1 to maps of every frame into frame <paramref name="reference"/>.</summary>
    public static Homography[] Chain(Homography[] steps, int reference)
    {
        var global = new Homography[steps.Length + 1];
        global[reference] = Homography.Identity;
        for (var t = reference - 1; t >= 0; t--)
            global[t] = global[t + 1].After(steps[t]);
        for (var t = reference + 1; t < global.Length; t++)
            global[t] = global[t - 1].After(steps[t - 1].Inverse());
        return global;
    }

    /// <summary>The frame near the middle where the object is largest.</summary>
    public static int ForegroundReference(Raster<float>[] masks)
    {
        var area = masks.Select(m => (double)System.Numerics.Tensors.TensorPrimitives.Sum<float>(m.Data)).ToArray();
        var (best, score) = (0, -1.0);
        for (var t = 0; t < area.Length; t++)
        {
            var mean = 0.0;
            for (var k = -2; k <= 2; k++)
                mean += t + k >= 0 && t + k < area.Length ? area[t + k] / 5 : 0;
            mean *= 1 - (Math.Abs(t - (area.Length / 2.0)) / area.Length);
            if (mean > score)
                (best, score) = (t, mean);
        }

        return best;
    }

    /// <summary>Whether lengths change by no more than 1.6 times at the frame's corners.</summary>
    private static bool MildlyStretched(in Homography g, int width, int height)
    {
        foreach (var (x, y) in (ReadOnlySpan<(double, double)>)[(0, 0), (width, 0), (0, height), (width, height)])
        {
            var w = (g.M6 * x) + (g.M7 * y) + g.M8;
            var area = ((g.M0 * ((g.M4 * g.M8) - (g.M5 * g.M7))) - (g.M1 * ((g.M3 * g.M8) - (g.M5 * g.M6))) + (g.M2 * ((g.M3 * g.M7) - (g.M4 * g.M6)))) / (w * w * w);
            if (w <= 0 || area is < 1 / (MostStretch * MostStretch) or > MostStretch * MostStretch)
                return false;
        }

        return true;
    }

    private static (Vector2[] From, Vector2[] To) Matches(SolveClip clip, PairFlow flow, int step, Func<int, int, bool> belongs)
    {
        var scale = new Vector2(clip.ScaleX, clip.ScaleY);
        List<Vector2> from = [], to = [];
        for (var y = step / 2; y < clip.Height; y += step)
        {
            for (var x = step / 2; x < clip.Width; x += step)
            {
                if (flow.ForwardTrust[x, y] <= 0.5f || !belongs(x, y))
                    continue;
                var start = new Vector2(x + 0.5f, y + 0.5f);
                from.Add(start * scale);
                to.Add((start + new Vector2(flow.Forward[x, y, 0], flow.Forward[x, y, 1])) * scale);
            }
        }

        return (Thin(from), Thin(to));
    }

    private static Vector2[] Thin(List<Vector2> points)
    {
        if (points.Count <= MostMatches)
            return [.. points];
        var kept = new Vector2[MostMatches];
        for (var i = 0; i < kept.Length; i++)
            kept[i] = points[(int)((long)i * points.Count / MostMatches)];
        return kept;
    }
}
