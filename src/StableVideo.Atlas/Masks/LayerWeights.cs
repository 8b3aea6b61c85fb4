using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>From masks of bytes to the weights the solver and the atlases use.</summary>
internal static class LayerWeights
{
    private const byte PureAbove = 240;

    /// <summary>0..255 to 0..1.</summary>
    public static Raster<float> Scaled(Raster<byte> mask)
    {
        var weights = new Raster<float>(mask.Width, mask.Height, 1);
        for (var i = 0; i < weights.Data.Length; i++)
            weights.Data[i] = mask.Data[i] / 255f;
        return weights;
    }

    /// <summary>The background, 0..255: outside the mask grown by <paramref name="margin"/> pixels.</summary>
    public static Raster<byte> Outside(Raster<byte> mask, int margin) => MaskOps.Invert(MaskOps.Dilate(mask, margin));

    /// <summary>
    /// The foreground for atlas building, 0..255: nothing below one half, and mixed edge pixels hardly count, so that no background creeps into the atlas.
    /// </summary>
    public static Raster<byte> Opaque(Raster<byte> alpha)
    {
        var weights = new Raster<byte>(alpha.Width, alpha.Height, 1);
        for (var i = 0; i < weights.Data.Length; i++)
            weights.Data[i] = alpha.Data[i] < MaskOps.Inside ? (byte)0 : alpha.Data[i] > PureAbove ? (byte)255 : (byte)1;
        return weights;
    }

    /// <summary>255 within <paramref name="radius"/> pixels of the mask's edge, else 0.</summary>
    public static Raster<byte> EdgeBand(Raster<byte> mask, int radius)
    {
        var solid = MaskOps.Threshold(mask);
        var band = MaskOps.Dilate(solid, radius);
        var core = MaskOps.Erode(solid, radius);
        for (var i = 0; i < band.Data.Length; i++)
            band.Data[i] -= core.Data[i];
        return band;
    }
}
