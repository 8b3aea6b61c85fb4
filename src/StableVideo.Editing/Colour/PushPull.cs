using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// Fills what was never seen from what surrounds it, smoothly: the push-pull pyramid of Gortler et al., "The Lumigraph" (1996), section 3.4.
/// </summary>
public static class PushPull
{
    /// <summary>Values where weight is 1 stay; where it is 0 they come from coarser and coarser neighbourhoods; between, they are mixed.</summary>
    /// <param name="values">[H,W,C].</param>
    /// <param name="weight">[H,W,1], 0..1.</param>
    /// <returns>[H,W,C]; zeros where nothing at all was seen.</returns>
    public static Raster<float> Fill(Raster<float> values, Raster<float> weight)
    {
        if (values.Width != weight.Width || values.Height != weight.Height || weight.Channels != 1)
            throw new ArgumentException($"Values are {values.Width}x{values.Height} but weights {weight.Width}x{weight.Height}x{weight.Channels}.", nameof(weight));
        var (w, h, c) = (values.Width, values.Height, values.Channels);
        var result = values.Clone();
        if (w == 1 && h == 1)
        {
            if (weight.Data[0] <= 0)
                Array.Clear(result.Data);
            return result;
        }

        var (coarse, coarseWeight) = Push(values, weight);
        var filled = Fill(coarse, coarseWeight);
        Parallel.For(0, h, y =>
        {
            var row = result.Row(y);
            var weights = weight.Row(y);
            for (var x = 0; x < w; x++)
            {
                var own = Math.Clamp(weights[x], 0, 1);
                if (own >= 1)
                    continue;
                for (var i = 0; i < c; i++)
                {
                    var value = own > 0 ? row[(x * c) + i] : 0;
                    row[(x * c) + i] = (own * value) + ((1 - own) * Bilinear(filled, (x * 0.5f) - 0.25f, (y * 0.5f) - 0.25f, i));
                }
            }
        });
        return result;
    }

    private static (Raster<float> Values, Raster<float> Weight) Push(Raster<float> values, Raster<float> weight)
    {
        var (w, h, c) = ((values.Width + 1) / 2, (values.Height + 1) / 2, values.Channels);
        var coarse = new Raster<float>(w, h, c);
        var coarseWeight = new Raster<float>(w, h, 1);
        Parallel.For(0, h, y =>
        {
            for (var x = 0; x < w; x++)
            {
                var sum = 0f;
                for (var k = 0; k < 4; k++)
                {
                    var (sx, sy) = ((2 * x) + (k & 1), (2 * y) + (k >> 1));
                    if (sx >= values.Width || sy >= values.Height)
                        continue;
                    var own = Math.Clamp(weight[sx, sy], 0, 1);
                    if (own <= 0)
                        continue;
                    sum += own;
                    for (var i = 0; i < c; i++)
                        coarse[x, y, i] += own * values[sx, sy, i];
                }

                if (sum <= 0)
                    continue;
                for (var i = 0; i < c; i++)
                    coarse[x, y, i] /= sum;
                coarseWeight[x, y] = Math.Min(1, sum);
            }
        });
        return (coarse, coarseWeight);
    }

    private static float Bilinear(Raster<float> image, float x, float y, int channel)
    {
        x = Math.Clamp(x, 0, image.Width - 1);
        y = Math.Clamp(y, 0, image.Height - 1);
        var (x0, y0) = ((int)x, (int)y);
        var (x1, y1) = (Math.Min(x0 + 1, image.Width - 1), Math.Min(y0 + 1, image.Height - 1));
        var (fx, fy) = (x - x0, y - y0);
        var top = image[x0, y0, channel] + (fx * (image[x1, y0, channel] - image[x0, y0, channel]));
        var bottom = image[x0, y1, channel] + (fx * (image[x1, y1, channel] - image[x0, y1, channel]));
        return top + (fy * (bottom - top));
    }
}
