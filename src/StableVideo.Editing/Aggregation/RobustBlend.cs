using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Where the aggregation of section 3.4 starts: partial atlases blended so that one keyframe that disagrees does not show.</summary>
public static class RobustBlend
{
    private const float Scale = 40; // colour distance, grey levels, at which a keyframe counts half
    private const int Rounds = 3;

    /// <summary>Per channel weighted median, then Cauchy-weighted means around it (three rounds), which blend where keyframes agree.</summary>
    /// <param name="partials">Partial atlases: colour [V,U,3], weight [V,U,1] at least 0.</param>
    /// <returns>Colour, and the sum of weights clipped to 1.</returns>
    public static PartialAtlas Blend(IReadOnlyList<PartialAtlas> partials)
    {
        var (width, height, count) = (partials[0].Colour.Width, partials[0].Colour.Height, partials.Count);
        var colour = new Raster<float>(width, height, 3);
        var weight = new Raster<float>(width, height, 1);
        Parallel.For(0, height, y =>
        {
            Span<float> values = stackalloc float[count * 3];
            Span<float> weights = stackalloc float[count];
            Span<float> centre = stackalloc float[3];
            for (var x = 0; x < width; x++)
            {
                var n = 0;
                var total = 0f;
                foreach (var (partial, seen) in partials)
                {
                    var w = seen[x, y];
                    if (w <= 0)
                        continue;
                    partial.Row(y).Slice(x * 3, 3).CopyTo(values[(n * 3)..]);
                    weights[n++] = w;
                    total += w;
                }

                if (n == 0)
                    continue;
                for (var c = 0; c < 3; c++)
                    centre[c] = Median(values[..(n * 3)], weights[..n], total, c);
                for (var round = 0; n > 1 && round < Rounds; round++)
                    Recentre(values[..(n * 3)], weights[..n], centre);
                centre.CopyTo(colour.Row(y)[(x * 3)..]);
                weight[x, y] = Math.Min(1, total);
            }
        });
        return new PartialAtlas(colour, weight);
    }

    private static float Median(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, float total, int channel)
    {
        // The value with at most half of the weight below it and at most half above it; the mean of both when two share that place.
        var (low, high) = (float.NegativeInfinity, float.PositiveInfinity);
        for (var i = 0; i < weights.Length; i++)
        {
            var value = values[(i * 3) + channel];
            var (below, above) = (0f, 0f);
            for (var j = 0; j < weights.Length; j++)
            {
                var other = values[(j * 3) + channel];
                if (other < value)
                    below += weights[j];
                else if (other > value)
                    above += weights[j];
            }

            if (below <= total / 2 && above <= total / 2)
            {
                high = float.IsPositiveInfinity(high) ? value : Math.Max(high, value);
                low = float.IsNegativeInfinity(low) ? value : Math.Min(low, value);
            }
        }

        return float.IsNegativeInfinity(low) ? values[channel] : (low + high) / 2;
    }

    private static void Recentre(ReadOnlySpan<float> values, ReadOnlySpan<float> weights, Span<float> centre)
    {
        var (r, g, b, sum) = (0f, 0f, 0f, 0f);
        for (var i = 0; i < weights.Length; i++)
        {
            var (dr, dg, db) = (values[i * 3] - centre[0], values[(i * 3) + 1] - centre[1], values[(i * 3) + 2] - centre[2]);
            var w = weights[i] / (1 + (((dr * dr) + (dg * dg) + (db * db)) / (Scale * Scale)));
            (r, g, b, sum) = (r + (w * values[i * 3]), g + (w * values[(i * 3) + 1]), b + (w * values[(i * 3) + 2]), sum + w);
        }

        (centre[0], centre[1], centre[2]) = (r / sum, g / sum, b / sum);
    }
}
