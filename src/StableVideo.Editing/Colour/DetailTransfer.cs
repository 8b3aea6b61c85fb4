using StableVideo.Diffusion;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// Brings a picture that was edited at the model's working size back to full size, with the fine detail of its source:
/// <c>E_full = up(a) L(S) + up(b) + f up(E - (a L(down S) + b))</c>.
/// </summary>
/// <remarks>
/// a and b say how the edit follows the source's luminance (<see cref="LocalLinear"/>), so the finest Laplacian bands of the source, which the model never saw,
/// come back with the contrast and colour the edit has there: red paint keeps its reflections, snow does not get the contrast of grass, outlines lie on the
/// source's outlines. The <see cref="Fidelity"/> weighs what the edit draws of its own, which the source does not explain.
/// </remarks>
public static class DetailTransfer
{
    private const float Window = 8;   // pixels at working size
    private const float Contrast = 7; // grey levels: flatter windows tell nothing of a slope

    /// <summary>
    /// How much of a model's own drawing is kept: all where structure was guided by outlines or depth. Where luminance was given whole, fine structure is the
    /// source's, and only tones and areas of the drawing are kept.
    /// </summary>
    public static Fidelity FidelityOf(StructureKind guidance) => guidance == StructureKind.Luminance ? new Fidelity(0.6f, 2) : new Fidelity(1, 0);

    /// <summary>Full-size edit.</summary>
    /// <param name="edited">E, [h,w,3] at working size.</param>
    /// <param name="source">S, [H,W,3], the picture that was edited, at full size.</param>
    /// <param name="coverage">[H,W,1], 0..1: where the source shows anything; <see langword="null"/> for everywhere.</param>
    /// <param name="fidelity">f, and how fine a drawing of its own may be.</param>
    /// <returns>[H,W,3], 0..255, not rounded.</returns>
    public static Raster<float> Apply(Raster<byte> edited, Raster<byte> source, Raster<float>? coverage, Fidelity fidelity)
    {
        var (w, h) = (source.Width, source.Height);
        var small = Resample.Resize(source.ToFloat(), edited.Width, edited.Height, ResampleFilter.Area);
        var seen = coverage is null ? All(edited.Width, edited.Height) : Resample.Resize(coverage, edited.Width, edited.Height, ResampleFilter.Area);
        var (slope, offset) = LocalLinear.Fit(small, edited.ToFloat(), seen, Window, Contrast);
        var own = Rest(edited, Pixels.Luma(small), slope, offset);
        if (fidelity.Sigma > 0)
            own = Resample.GaussianBlur(own, fidelity.Sigma);
        var luma = Pixels.Luma(source.ToFloat());
        var (a, b, rest) = (Enlarge(slope, w, h), Enlarge(offset, w, h), Resample.Resize(own, w, h, ResampleFilter.Bicubic));
        for (var i = 0; i < a.Data.Length; i++)
            a.Data[i] = Math.Clamp((a.Data[i] * luma.Data[i / 3]) + b.Data[i] + (fidelity.Weight * rest.Data[i]), 0, 255);
        return a;
    }

    private static Raster<float> Enlarge(Raster<float> values, int width, int height) => Resample.Resize(values, width, height, ResampleFilter.Bilinear);

    private static Raster<float> Rest(Raster<byte> edited, Raster<float> luma, Raster<float> slope, Raster<float> offset)
    {
        var rest = new Raster<float>(edited.Width, edited.Height, 3);
        for (var i = 0; i < rest.Data.Length; i++)
            rest.Data[i] = edited.Data[i] - (slope.Data[i] * luma.Data[i / 3]) - offset.Data[i];
        return rest;
    }

    private static Raster<float> All(int width, int height)
    {
        var all = new Raster<float>(width, height, 1);
        Array.Fill(all.Data, 1);
        return all;
    }
}

/// <summary>What of an edit's own drawing survives the return to full size.</summary>
/// <param name="Weight">0..1.</param>
/// <param name="Sigma">Detail finer than this many pixels at working size is left out; 0 keeps all.</param>
public readonly record struct Fidelity(float Weight, float Sigma);
