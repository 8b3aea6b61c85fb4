using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>Fills what no frame has seen: a pyramid of weighted means, coarse levels shining through where finer ones know nothing.</summary>
internal static class PushPull
{
    /// <summary>Blends <paramref name="colour"/> with its coarser levels: weights of 0.8 and more keep their own colour, weights of 0.2 and less take the coarser one.</summary>
    /// <param name="colour">[h, w, 3], changed in place.</param>
    /// <param name="weight">[h, w, 1], 0..1.</param>
    public static void Fill(Raster<float> colour, Raster<float> weight)
    {
        if (colour.Width <= 2 || colour.Height <= 2)
        {
            FillByMean(colour, weight);
            return;
        }

        var (half, halfWeight) = Halve(colour, weight);
        Fill(half, halfWeight);
        Parallel.For(0, colour.Height, y =>
        {
            var row = colour.Row(y);
            var known = weight.Row(y);
            var v = Math.Clamp(((y + 0.5f) / 2) - 0.5f, 0, half.Height - 1);
            var j = (int)v;
            var fy = v - j;
            var upper = half.Row(j);
            var lower = half.Row(Math.Min(j + 1, half.Height - 1));
            for (var x = 0; x < colour.Width; x++)
            {
                var own = Math.Clamp((known[x] - 0.2f) / 0.6f, 0, 1);
                if (own >= 1)
                    continue;
                var u = Math.Clamp(((x + 0.5f) / 2) - 0.5f, 0, half.Width - 1);
                var i = (int)u;
                var fx = u - i;
                var next = Math.Min(i + 1, half.Width - 1) * 3;
                for (var c = 0; c < 3; c++)
                {
                    var a = upper[(i * 3) + c] + (fx * (upper[next + c] - upper[(i * 3) + c]));
                    var b = lower[(i * 3) + c] + (fx * (lower[next + c] - lower[(i * 3) + c]));
                    var coarse = a + (fy * (b - a));
                    row[(x * 3) + c] = coarse + (own * (row[(x * 3) + c] - coarse));
                }
            }
        });
    }

    private static (Raster<float> Colour, Raster<float> Weight) Halve(Raster<float> colour, Raster<float> weight)
    {
        int width = (colour.Width + 1) / 2, height = (colour.Height + 1) / 2;
        var half = new Raster<float>(width, height, 3);
        var halfWeight = new Raster<float>(width, height, 1);
        Parallel.For(0, height, y =>
        {
            Span<float> sum = stackalloc float[3];
            for (var x = 0; x < width; x++)
            {
                sum.Clear();
                var total = 0f;
                for (var dy = 0; dy < 4; dy++)
                {
                    var sy = Math.Clamp((2 * y) + dy - 1, 0, colour.Height - 1);
                    for (var dx = 0; dx < 4; dx++)
                    {
                        var sx = Math.Clamp((2 * x) + dx - 1, 0, colour.Width - 1);
                        var w = weight[sx, sy] * (dx is 1 or 2 ? 3 : 1) * (dy is 1 or 2 ? 3 : 1);
                        total += w;
                        for (var c = 0; c < 3; c++)
                            sum[c] += w * colour[sx, sy, c];
                    }
                }

                halfWeight[x, y] = Math.Min(1, total / 16);
                if (total <= 0)
                    continue;
                for (var c = 0; c < 3; c++)
                    half[x, y, c] = sum[c] / total;
            }
        });
        return (half, halfWeight);
    }

    private static void FillByMean(Raster<float> colour, Raster<float> weight)
    {
        Span<float> mean = stackalloc float[3];
        var total = 0f;
        for (var i = 0; i < weight.Data.Length; i++)
        {
            total += weight.Data[i];
            for (var c = 0; c < 3; c++)
                mean[c] += weight.Data[i] * colour.Data[(3 * i) + c];
        }

        if (total <= 0)
            return;
        for (var i = 0; i < weight.Data.Length; i++)
        {
            for (var c = 0; c < 3 && weight.Data[i] <= 0; c++)
                colour.Data[(3 * i) + c] = mean[c] / total;
        }
    }
}
