using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Luminance pictures and objects on black.</summary>
internal static class Pixels
{
    /// <summary>ITU-R BT.601 luminance [H,W,1], 0..255, not rounded.</summary>
    public static Raster<float> Luma(Raster<float> rgb)
    {
        var result = new Raster<float>(rgb.Width, rgb.Height, 1);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = Colour.Luma(rgb.Data[i * 3], rgb.Data[(i * 3) + 1], rgb.Data[(i * 3) + 2]);
        return result;
    }

    /// <summary>Colours times alpha / 255: black outside the object.</summary>
    public static Raster<byte> OnBlack(Raster<byte> rgb, Raster<byte> alpha)
    {
        var result = new Raster<byte>(rgb.Width, rgb.Height, 3);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = (byte)(((rgb.Data[i] * alpha.Data[i / 3]) + 127) / 255);
        return result;
    }
}
