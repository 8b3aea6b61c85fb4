using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>Turns flow fields into matches on a regular grid inside a layer.</summary>
internal static class FlowMatches
{
    private const float LeastStart = 0.1f;
    private const float LeastEnd = 0.05f;

    /// <summary>Matches of frames <paramref name="a"/> and <paramref name="b"/> in both directions, every <paramref name="step"/> solver pixels.</summary>
    /// <param name="clip">Supplies the frame scale.</param>
    /// <param name="flow">Flow between a and b.</param>
    /// <param name="a">First frame.</param>
    /// <param name="b">Second frame.</param>
    /// <param name="weights">Per frame [h, w, 1] 0..1: membership of the layer.</param>
    /// <param name="step">Grid step in solver pixels.</param>
    public static IEnumerable<MatchList> Sample(SolveClip clip, PairFlow flow, int a, int b, Raster<float>[] weights, int step)
    {
        var whole = new PixelBox(0, 0, clip.Width, clip.Height);
        yield return new MatchList(a, b, Sample(clip, flow.Forward, flow.ForwardTrust, whole, whole, weights[a], weights[b], step));
        yield return new MatchList(b, a, Sample(clip, flow.Backward, flow.BackwardTrust, whole, whole, weights[b], weights[a], step));
    }

    /// <summary>Matches in one direction, from a flow between two windows of one size.</summary>
    public static List<PointMatch> Sample(
        SolveClip clip, Raster<float> flow, Raster<float> trust, PixelBox windowFrom, PixelBox windowTo, Raster<float> from, Raster<float> to, int step)
    {
        var matches = new List<PointMatch>();
        for (var y = step / 2; y < flow.Height; y += step)
        {
            for (var x = step / 2; x < flow.Width; x += step)
            {
                int xa = windowFrom.X + x, ya = windowFrom.Y + y;
                var weight = from[xa, ya] * trust[x, y];
                if (weight <= LeastStart)
                    continue;
                float xb = windowTo.X + x + flow[x, y, 0], yb = windowTo.Y + y + flow[x, y, 1];
                weight *= Look(to, xb, yb);
                if (weight > LeastEnd)
                    matches.Add(new PointMatch((xa + 0.5f) * clip.ScaleX, (ya + 0.5f) * clip.ScaleY, (xb + 0.5f) * clip.ScaleX, (yb + 0.5f) * clip.ScaleY, weight));
            }
        }

        return matches;
    }

    /// <summary>Bilinear look-up at pixel coordinates (the first pixel's centre is 0).</summary>
    public static float Look(Raster<float> picture, float x, float y, int channel = 0)
    {
        x = Math.Clamp(x, 0, picture.Width - 1);
        y = Math.Clamp(y, 0, picture.Height - 1);
        int i = (int)x, j = (int)y, i1 = Math.Min(i + 1, picture.Width - 1), j1 = Math.Min(j + 1, picture.Height - 1);
        float fx = x - i, fy = y - j;
        var upper = picture[i, j, channel] + (fx * (picture[i1, j, channel] - picture[i, j, channel]));
        var lower = picture[i, j1, channel] + (fx * (picture[i1, j1, channel] - picture[i, j1, channel]));
        return upper + (fy * (lower - upper));
    }
}
