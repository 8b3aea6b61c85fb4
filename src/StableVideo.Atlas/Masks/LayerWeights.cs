using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>From masks of bytes to the weights the solver and the atlases use.</summary>
internal static class LayerWeights
{
    /// <summary>0..255 to 0..1.</summary>
    public static Raster<float> Inside(Raster<byte> mask) => Map(mask, value => value / 255f);

    /// <summary>The background: 1 outside the mask grown by <paramref name="margin"/> pixels.</summary>
    public static Raster<float> Outside(Raster<byte> mask, int margin) => Map(MaskOps.Dilate(mask, margin), value => (255 - value) / 255f);

    /// <summary>The foreground for atlas building: alpha where it is above one half; mixed edge pixels only speak where nobody else does.</summary>
    public static Raster<float> Opaque(Raster<byte> alpha) => Map(alpha, value => value < 128 ? 0 : value > 240 ? 1 : 0.1f * value / 255f);

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

    private static Raster<float> Map(Raster<byte> mask, Func<byte, float> value)
    {
        Span<float> table = stackalloc float[256];
        for (var i = 0; i < 256; i++)
            table[i] = value((byte)i);
        var weights = new Raster<float>(mask.Width, mask.Height, 1);
        for (var i = 0; i < weights.Data.Length; i++)
            weights.Data[i] = table[mask.Data[i]];
        return weights;
    }
}
