using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// How an edited atlas follows the luminance of the original, locally: <c>A'(u) ~ a(u) L(A(u)) + b(u)</c> over a Gaussian window, the linear model of
/// He et al., "Guided Image Filtering" (2010), eq. 5.
/// </summary>
/// <remarks>
/// A frame holds more than its atlas: reflections, shadows, edges a pixel beside their place. Composition sends that rest through <c>a</c>, so on a body turned
/// red it comes out as a change of red, and on an unchanged window as it was.
/// </remarks>
public static class LocalSlope
{
    private const float Sigma = 6;            // window, atlas pixels
    private const float Variance = 12 * 12;   // flatter than this (grey levels squared): the slope of the whole layer counts

    /// <summary>The slope <c>a</c>.</summary>
    /// <param name="original">[V,U,3], 0..255.</param>
    /// <param name="edited">[V,U,3], 0..255.</param>
    /// <param name="coverage">[V,U,1], 0..1: what counts.</param>
    /// <returns>[V,U,3]: change of each channel per unit of luminance, -0.5..2.</returns>
    public static Raster<float> Compute(Raster<float> original, Raster<float> edited, Raster<float> coverage)
    {
        var (prior0, prior1, prior2) = ColourMap.Fit(original, edited, coverage).LuminanceSlope;
        float[] prior = [Math.Clamp(prior0, 0, 1.5f), Math.Clamp(prior1, 0, 1.5f), Math.Clamp(prior2, 0, 1.5f)];
        var luma = Pixels.Luma(original);
        var weight = Blur(coverage, static (c, _, _) => c, null, null);
        var mean = Blur(coverage, static (c, l, _) => c * l, luma, null);
        var square = Blur(coverage, static (c, l, _) => c * l * l, luma, null);
        var result = new Raster<float>(original.Width, original.Height, 3);
        for (var channel = 0; channel < 3; channel++)
        {
            var values = Channel(edited, channel);
            var value = Blur(coverage, static (c, _, v) => c * v, luma, values);
            var product = Blur(coverage, static (c, l, v) => c * l * v, luma, values);
            for (var i = 0; i < weight.Data.Length; i++)
            {
                var w = Math.Max(weight.Data[i], 1e-4f);
                var (l, v) = (mean.Data[i] / w, value.Data[i] / w);
                var variance = Math.Max(0, (square.Data[i] / w) - (l * l));
                var covariance = (product.Data[i] / w) - (l * v);
                result.Data[(i * 3) + channel] = Math.Clamp((covariance + (Variance * prior[channel])) / (variance + Variance), -0.5f, 2);
            }
        }

        return result;
    }

    private static Raster<float> Blur(Raster<float> coverage, Func<float, float, float, float> product, Raster<float>? luma, Raster<float>? values)
    {
        var result = new Raster<float>(coverage.Width, coverage.Height, 1);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = product(coverage.Data[i], luma is null ? 0 : luma.Data[i], values is null ? 0 : values.Data[i]);
        return Resample.GaussianBlur(result, Sigma);
    }

    private static Raster<float> Channel(Raster<float> rgb, int channel)
    {
        var result = new Raster<float>(rgb.Width, rgb.Height, 1);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = rgb.Data[(i * 3) + channel];
        return result;
    }
}
