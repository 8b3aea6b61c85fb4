using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Weights that fade towards an outline.</summary>
internal static class Feather
{
    private const float RimSigma = 5; // atlas pixels

    /// <summary>The weight times a ramp: 0 at the outline of what is seen, 1 well inside it.</summary>
    public static Raster<float> Rim(Raster<float> weight)
    {
        var seen = new Raster<float>(weight.Width, weight.Height, 1);
        for (var i = 0; i < seen.Data.Length; i++)
            seen.Data[i] = weight.Data[i] > 0 ? 1 : 0;
        var share = Resample.GaussianBlur(seen, RimSigma);
        for (var i = 0; i < seen.Data.Length; i++)
            seen.Data[i] = weight.Data[i] * Math.Clamp((2 * share.Data[i]) - 1 + 0.02f, 0, 1);
        return seen;
    }

    /// <summary>1 where an object's pixel is <paramref name="rim"/> pixels or more away from its outline, 0 at the outline and outside.</summary>
    public static Raster<float> Inside(Raster<byte> alpha, int rim)
    {
        var solid = new Raster<float>(alpha.Width, alpha.Height, 1);
        for (var i = 0; i < solid.Data.Length; i++)
            solid.Data[i] = alpha.Data[i] / 255f;
        var share = Resample.GaussianBlur(solid, rim / 2f);
        for (var i = 0; i < solid.Data.Length; i++)
            solid.Data[i] = alpha.Data[i] >= 250 ? Math.Clamp((share.Data[i] - 0.75f) / 0.24f, 0, 1) : 0;
        return solid;
    }
}
