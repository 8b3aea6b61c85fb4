using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Conversions between the two kinds of colour rasters, both 0..255.</summary>
internal static class Pixels
{
    public static Raster<float> ToFloat(Raster<byte> image)
    {
        var result = new Raster<float>(image.Width, image.Height, image.Channels);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = image.Data[i];
        return result;
    }

    public static Raster<byte> ToByte(Raster<float> image)
    {
        var result = new Raster<byte>(image.Width, image.Height, image.Channels);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = Round(image.Data[i]);
        return result;
    }

    public static byte Round(float value) => (byte)(Math.Clamp(value, 0, 255) + 0.5f);

    /// <summary>ITU-R BT.601 luminance, 0..255.</summary>
    public static float Luma(float r, float g, float b) => (0.299f * r) + (0.587f * g) + (0.114f * b);

    public static Raster<float> Luma(Raster<byte> rgb)
    {
        var result = new Raster<float>(rgb.Width, rgb.Height, 1);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = Luma(rgb.Data[i * 3], rgb.Data[(i * 3) + 1], rgb.Data[(i * 3) + 2]);
        return result;
    }

    public static Raster<float> Luma(Raster<float> rgb)
    {
        var result = new Raster<float>(rgb.Width, rgb.Height, 1);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = Luma(rgb.Data[i * 3], rgb.Data[(i * 3) + 1], rgb.Data[(i * 3) + 2]);
        return result;
    }

    /// <summary>The part of <paramref name="image"/> under <paramref name="box"/>, copied.</summary>
    public static Raster<T> Crop<T>(Raster<T> image, Box box)
        where T : unmanaged
    {
        var result = new Raster<T>(box.Width, box.Height, image.Channels);
        for (var y = 0; y < box.Height; y++)
            image.Row(box.Y + y).Slice(box.X * image.Channels, box.Width * image.Channels).CopyTo(result.Row(y));
        return result;
    }

    /// <summary><paramref name="part"/> at <paramref name="box"/> on a black picture of the given size.</summary>
    public static Raster<T> Uncrop<T>(Raster<T> part, Box box, int width, int height)
        where T : unmanaged
    {
        var result = new Raster<T>(width, height, part.Channels);
        for (var y = 0; y < box.Height; y++)
            part.Row(y).CopyTo(result.Row(box.Y + y).Slice(box.X * part.Channels, box.Width * part.Channels));
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

/// <summary>A rectangle of whole pixels.</summary>
/// <param name="X">Left column.</param>
/// <param name="Y">Top row.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
public readonly record struct Box(int X, int Y, int Width, int Height);
