using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>Luminance guidance [1,3,H,W] in 0..1: luma, its Canny edges, and its detail normalised by the local contrast.</summary>
/// <remarks>The embedded model was trained on exactly these channels: every constant here belongs to it.</remarks>
internal static class LuminanceGuidance
{
    private const float LeastContrast = 0.05f;
    private const float DetailRange = 2;

    public static FloatTensor Compute(Raster<byte> rgb, StructureSettings settings)
    {
        var (width, height) = (rgb.Width, rgb.Height);
        var luma = new Raster<float>(width, height, 1);
        var quantised = new Raster<byte>(width, height, 1);
        Rows.For(height, y =>
        {
            var from = rgb.Row(y);
            var to = luma.Row(y);
            var bytes = quantised.Row(y);
            for (int x = 0, i = 0; x < width; x++, i += 3)
            {
                to[x] = Colour.Luma(from[i] / 255f, from[i + 1] / 255f, from[i + 2] / 255f);
                bytes[x] = (byte)Math.Clamp(to[x] * 255, 0, 255);
            }
        });

        var guidance = new FloatTensor(1, 3, height, width);
        var area = width * height;
        luma.Data.CopyTo(guidance.Data, 0);
        var edges = Edges.Canny(quantised, settings.CannyLow, settings.CannyHigh).Data;
        for (var i = 0; i < area; i++)
            guidance.Data[area + i] = edges[i] / 255f;
        NormalisedDetail(luma, settings.HighpassSigma).CopyTo(guidance.Data, 2 * area);
        return guidance;
    }

    /// <summary>0..1, one half where the picture is flat.</summary>
    private static float[] NormalisedDetail(Raster<float> luma, double sigma)
    {
        var detail = luma.Clone();
        var mean = Resample.GaussianBlur(luma, sigma).Data;
        var squared = new Raster<float>(luma.Width, luma.Height, 1);
        for (var i = 0; i < mean.Length; i++)
        {
            detail.Data[i] -= mean[i];
            squared.Data[i] = detail.Data[i] * detail.Data[i];
        }

        var spread = Resample.GaussianBlur(squared, sigma).Data;
        for (var i = 0; i < spread.Length; i++)
        {
            var contrast = MathF.Sqrt(MathF.Max(0, spread[i])) + LeastContrast;
            detail.Data[i] = Math.Clamp(detail.Data[i] / contrast, -DetailRange, DetailRange) / (2 * DetailRange) + 0.5f;
        }

        return detail.Data;
    }
}
