using System.Runtime.Intrinsics;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>
/// Weighted means with holes filled: a pyramid of sums, coarse levels shining through where finer ones know little.
/// Texels are (sum of weight * red, green, blue, sum of weight).
/// </summary>
internal static class PushPull
{
    private const float SilentBelow = 0.2f;
    private const float FullAbove = 0.8f;

    /// <summary>
    /// Replaces sums by means. A texel of weight 0.8 and more keeps its own mean, one of 0.2 and less takes the coarser level's.
    /// </summary>
    public static void ToMeans(Vector128<float>[] texels, int width, int height)
    {
        if (width <= 2 || height <= 2)
        {
            FillByMean(texels);
            return;
        }

        int halfWidth = (width + 1) / 2, halfHeight = (height + 1) / 2;
        var half = new Vector128<float>[halfWidth * halfHeight];
        Rows.For(halfHeight, y => HalveRow(texels, width, height, half, halfWidth, y));
        ToMeans(half, halfWidth, halfHeight);
        Rows.For(height, y => BlendRow(texels, width, half, halfWidth, halfHeight, y));
    }

    private static void HalveRow(Vector128<float>[] texels, int width, int height, Vector128<float>[] half, int halfWidth, int y)
    {
        for (var x = 0; x < halfWidth; x++)
        {
            var sum = Vector128<float>.Zero;
            for (var dy = 0; dy < 4; dy++)
            {
                var row = Math.Clamp((2 * y) + dy - 1, 0, height - 1) * width;
                var across = Vector128<float>.Zero;
                for (var dx = 0; dx < 4; dx++)
                    across += Capped(texels[row + Math.Clamp((2 * x) + dx - 1, 0, width - 1)]) * (dx is 1 or 2 ? 3f : 1f);
                sum += across * (dy is 1 or 2 ? 3f : 1f);
            }

            half[(y * halfWidth) + x] = sum * (1f / 16);
        }
    }

    private static void BlendRow(Vector128<float>[] texels, int width, Vector128<float>[] half, int halfWidth, int halfHeight, int y)
    {
        var v = Math.Clamp(((y + 0.5f) / 2) - 0.5f, 0, halfHeight - 1);
        var j = (int)v;
        var fy = v - j;
        int upper = j * halfWidth, lower = Math.Min(j + 1, halfHeight - 1) * halfWidth;
        for (var x = 0; x < width; x++)
        {
            ref var texel = ref texels[(y * width) + x];
            var weight = texel.GetElement(3);
            var own = Math.Clamp((weight - SilentBelow) / (FullAbove - SilentBelow), 0, 1);
            if (own >= 1)
            {
                texel /= weight;
                continue;
            }

            var u = Math.Clamp(((x + 0.5f) / 2) - 0.5f, 0, halfWidth - 1);
            var i = (int)u;
            var fx = u - i;
            var next = Math.Min(i + 1, halfWidth - 1);
            var a = half[upper + i] + (fx * (half[upper + next] - half[upper + i]));
            var b = half[lower + i] + (fx * (half[lower + next] - half[lower + i]));
            var coarse = a + (fy * (b - a));
            texel = own <= 0 ? coarse : coarse + (own * ((texel / weight) - coarse));
        }
    }

    /// <summary>Many frames know a place no better than one.</summary>
    private static Vector128<float> Capped(Vector128<float> texel)
    {
        var weight = texel.GetElement(3);
        return weight > 1 ? texel / weight : texel;
    }

    private static void FillByMean(Vector128<float>[] texels)
    {
        var sum = Vector128<float>.Zero;
        foreach (var texel in texels)
            sum += texel;
        var weight = sum.GetElement(3);
        Array.Fill(texels, weight > 0 ? sum / weight : Vector128<float>.Zero);
    }
}
