using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// How an edit follows the luminance of its source, locally: <c>E(x) ~ a(x) L(S(x)) + b(x)</c> over a Gaussian window around x, the linear model of
/// He et al., "Guided Image Filtering" (2010), eq. 5.
/// </summary>
/// <param name="Slope">a, [H,W,3]: change of each channel per unit of luminance, -0.5..2.</param>
/// <param name="Offset">b, [H,W,3], grey levels.</param>
public sealed record LocalLinear(Raster<float> Slope, Raster<float> Offset)
{
    private const float Steepest = 2;
    private const float LeastSlope = -0.5f;

    /// <summary>Fits the model. Where the source is flatter than <paramref name="contrast"/>, the slope of the whole picture counts.</summary>
    /// <param name="source">S, [H,W,3], 0..255.</param>
    /// <param name="edited">E, [H,W,3], 0..255.</param>
    /// <param name="coverage">[H,W,1], 0..1: what counts.</param>
    /// <param name="sigma">Size of the window in pixels.</param>
    /// <param name="contrast">Standard deviation in grey levels.</param>
    public static LocalLinear Fit(Raster<float> source, Raster<float> edited, Raster<float> coverage, float sigma, float contrast)
    {
        var (r, g, b) = ColourMap.Fit(source, edited, coverage).LuminanceSlope;
        ReadOnlySpan<float> whole = [Math.Clamp(r, 0, 1.5f), Math.Clamp(g, 0, 1.5f), Math.Clamp(b, 0, 1.5f)];
        var luma = Pixels.Luma(source);
        var moments = Blurred(coverage, luma, edited, sigma);
        var slope = new Raster<float>(source.Width, source.Height, 3);
        var offset = new Raster<float>(source.Width, source.Height, 3);
        var floor = contrast * contrast;
        for (var p = 0; p < luma.Data.Length; p++)
        {
            var m = moments.Data.AsSpan(p * 9, 9);
            var w = Math.Max(m[0], 1e-4f);
            var mean = m[1] / w;
            var variance = Math.Max(0, (m[2] / w) - (mean * mean));
            for (var c = 0; c < 3; c++)
            {
                var value = m[3 + c] / w;
                var covariance = (m[6 + c] / w) - (mean * value);
                var a = Math.Clamp((covariance + (floor * whole[c])) / (variance + floor), LeastSlope, Steepest);
                slope.Data[(p * 3) + c] = a;
                offset.Data[(p * 3) + c] = value - (a * mean);
            }
        }

        return new LocalLinear(Averaged(slope, coverage, sigma / 2), Averaged(offset, coverage, sigma / 2));
    }

    /// <summary>Weighted sums over the window: 1, L, L^2, E (3), L E (3).</summary>
    private static Raster<float> Blurred(Raster<float> coverage, Raster<float> luma, Raster<float> edited, float sigma)
    {
        var moments = new Raster<float>(luma.Width, luma.Height, 9);
        for (var group = 0; group < 3; group++)
        {
            var part = new Raster<float>(luma.Width, luma.Height, 3);
            for (var p = 0; p < luma.Data.Length; p++)
            {
                var (w, l) = (coverage.Data[p], luma.Data[p]);
                for (var c = 0; c < 3; c++)
                {
                    part.Data[(p * 3) + c] = w * group switch
                    {
                        0 => c == 0 ? 1 : c == 1 ? l : l * l,
                        1 => edited.Data[(p * 3) + c],
                        _ => l * edited.Data[(p * 3) + c],
                    };
                }
            }

            part = Resample.GaussianBlur(part, sigma);
            for (var p = 0; p < luma.Data.Length; p++)
                part.Data.AsSpan(p * 3, 3).CopyTo(moments.Data.AsSpan((p * 9) + (group * 3)));
        }

        return moments;
    }

    private static Raster<float> Averaged(Raster<float> values, Raster<float> coverage, float sigma)
    {
        var sum = new Raster<float>(values.Width, values.Height, 3);
        for (var i = 0; i < sum.Data.Length; i++)
            sum.Data[i] = values.Data[i] * Math.Max(coverage.Data[i / 3], 1e-3f);
        sum = Resample.GaussianBlur(sum, sigma);
        var weight = new Raster<float>(values.Width, values.Height, 1);
        for (var i = 0; i < weight.Data.Length; i++)
            weight.Data[i] = Math.Max(coverage.Data[i], 1e-3f);
        weight = Resample.GaussianBlur(weight, sigma);
        for (var i = 0; i < sum.Data.Length; i++)
            sum.Data[i] /= weight.Data[i / 3];
        return sum;
    }
}
