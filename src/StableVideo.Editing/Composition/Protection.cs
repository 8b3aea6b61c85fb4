using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>How much of each atlas pixel stays as it was filmed.</summary>
/// <remarks>
/// What is painted white is kept whole; around it the edit fades in over a few atlas pixels, outside of what was painted. The mask acts when atlases are composed and not
/// when they are painted, so that painting another one repeats neither diffusion nor aggregation; the pictures of keyframes show what was painted under it.
/// </remarks>
internal static class Protection
{
    private const int Reach = 4;       // atlas pixels from the painted edge to the middle of the fade
    private const double Sigma = 1.5;  // atlas pixels

    /// <summary>Weights 0 (edited) to 1 (as filmed), [V,U,1].</summary>
    /// <param name="mask">[V,U,1], white protects, grey blends.</param>
    public static Raster<float> Weights(Raster<byte> mask)
    {
        var weights = Resample.GaussianBlur(MaskOps.Dilate(mask, Reach).ToFloat(), Sigma);
        for (var i = 0; i < weights.Data.Length; i++)
            weights.Data[i] = Math.Clamp(Math.Max(weights.Data[i], mask.Data[i]) / 255, 0, 1);
        return weights;
    }

    /// <summary>The edited atlas with the original one where it is protected.</summary>
    public static Raster<byte> Blend(Raster<byte> original, Raster<byte> edited, Raster<float> weights)
    {
        var blended = new Raster<byte>(edited.Width, edited.Height, 3);
        for (var i = 0; i < blended.Data.Length; i++)
        {
            var kept = weights.Data[i / 3];
            blended.Data[i] = (byte)((kept * original.Data[i]) + ((1 - kept) * edited.Data[i]) + 0.5f);
        }

        return blended;
    }
}
