using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// Brings a picture that was edited at the model's working size back to full size, with the fine detail of its source:
/// <c>E_full = up(E) + g (L(S) - up(down(L(S))))</c>, the finest Laplacian band of the source's luminance, which the model never saw.
/// </summary>
/// <remarks>
/// The gain <c>g</c> follows what the edit did to contrast: <c>std(L(E)) / std(L(down(S)))</c> locally, between <see cref="LeastGain"/> and <see cref="MostGain"/>,
/// so that grass under snow does not keep the contrast of grass.
/// </remarks>
public static class DetailTransfer
{
    private const float LeastGain = 0.25f;
    private const float MostGain = 1.15f;
    private const float ContrastSigma = 3;   // pixels at working size
    private const float ContrastFloor = 4;   // grey levels: below this, contrast is noise

    /// <summary>Full-size edit.</summary>
    /// <param name="edited">[h,w,3] at working size.</param>
    /// <param name="source">[H,W,3], the picture that was edited, at full size.</param>
    /// <returns>[H,W,3], 0..255, not rounded.</returns>
    public static Raster<float> Apply(Raster<byte> edited, Raster<byte> source)
    {
        var (w, h) = (source.Width, source.Height);
        var result = Resample.Resize(edited.ToFloat(), w, h, ResampleFilter.Bicubic);
        var luma = Pixels.Luma(source.ToFloat());
        var small = Resample.Resize(luma, edited.Width, edited.Height, ResampleFilter.Area);
        var smooth = Resample.Resize(small, w, h, ResampleFilter.Bicubic);
        var gain = Resample.Resize(ContrastGain(Pixels.Luma(edited.ToFloat()), small), w, h, ResampleFilter.Bilinear);
        Parallel.For(0, h, y =>
        {
            var target = result.Row(y);
            var fine = luma.Row(y);
            var coarse = smooth.Row(y);
            var g = gain.Row(y);
            for (var x = 0; x < w; x++)
            {
                var detail = g[x] * (fine[x] - coarse[x]);
                for (var c = 0; c < 3; c++)
                    target[(x * 3) + c] = Math.Clamp(target[(x * 3) + c] + detail, 0, 255);
            }
        });
        return result;
    }

    private static Raster<float> ContrastGain(Raster<float> edited, Raster<float> source)
    {
        var (e, s) = (LocalDeviation(edited), LocalDeviation(source));
        for (var i = 0; i < e.Data.Length; i++)
            e.Data[i] = Math.Clamp((e.Data[i] + ContrastFloor) / (s.Data[i] + ContrastFloor), LeastGain, MostGain);
        return Resample.GaussianBlur(e, ContrastSigma);
    }

    private static Raster<float> LocalDeviation(Raster<float> luma)
    {
        var mean = Resample.GaussianBlur(luma, ContrastSigma);
        var square = new Raster<float>(luma.Width, luma.Height, 1);
        for (var i = 0; i < square.Data.Length; i++)
        {
            var d = luma.Data[i] - mean.Data[i];
            square.Data[i] = d * d;
        }

        var deviation = Resample.GaussianBlur(square, ContrastSigma);
        for (var i = 0; i < deviation.Data.Length; i++)
            deviation.Data[i] = MathF.Sqrt(Math.Max(0, deviation.Data[i]));
        return deviation;
    }
}
