namespace StableVideo.Imaging;

/// <summary>Cropping, pasting and element conversion of rasters.</summary>
public static class RasterExtensions
{
    /// <summary>A copy of the pixels inside <paramref name="box"/>, which must lie inside the picture.</summary>
    public static Raster<T> Crop<T>(this Raster<T> source, PixelBox box)
        where T : unmanaged
    {
        RequireInside(source, box.X, box.Y, box.Width, box.Height);
        var result = new Raster<T>(box.Width, box.Height, source.Channels);
        for (var y = 0; y < box.Height; y++)
            source.Row(box.Y + y).Slice(box.X * source.Channels, box.Width * source.Channels).CopyTo(result.Row(y));
        return result;
    }

    /// <summary>Writes <paramref name="patch"/> into <paramref name="destination"/> with its first pixel at (<paramref name="x"/>, <paramref name="y"/>); it must fit.</summary>
    public static void Paste<T>(this Raster<T> destination, Raster<T> patch, int x, int y)
        where T : unmanaged
    {
        RequireInside(destination, x, y, patch.Width, patch.Height);
        if (patch.Channels != destination.Channels)
            throw new ArgumentException($"A patch of {patch.Channels} channels does not fit a picture of {destination.Channels}.", nameof(patch));
        for (var row = 0; row < patch.Height; row++)
            patch.Row(row).CopyTo(destination.Row(y + row)[(x * destination.Channels)..]);
    }

    /// <summary>Elements as floats, same range (0..255).</summary>
    public static Raster<float> ToFloat(this Raster<byte> source)
    {
        var result = new Raster<float>(source.Width, source.Height, source.Channels);
        Rows.For(source.Height, y =>
        {
            var from = source.Row(y);
            var to = result.Row(y);
            for (var i = 0; i < from.Length; i++)
                to[i] = from[i];
        });
        return result;
    }

    /// <summary>Elements rounded to the nearest byte, clipped to 0..255.</summary>
    public static Raster<byte> ToBytes(this Raster<float> source)
    {
        var result = new Raster<byte>(source.Width, source.Height, source.Channels);
        Rows.For(source.Height, y =>
        {
            var from = source.Row(y);
            var to = result.Row(y);
            for (var i = 0; i < from.Length; i++)
                to[i] = Saturate(from[i]);
        });
        return result;
    }

    /// <summary>True if both rasters have the same width, height and channels.</summary>
    public static bool SameShape<T, TOther>(this Raster<T> first, Raster<TOther> second)
        where T : unmanaged
        where TOther : unmanaged
        => first.Width == second.Width && first.Height == second.Height && first.Channels == second.Channels;

    internal static byte Saturate(float value) => (byte)Math.Clamp(value + 0.5f, 0f, 255f);

    private static void RequireInside<T>(Raster<T> picture, int x, int y, int width, int height)
        where T : unmanaged
    {
        if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > picture.Width || y + height > picture.Height)
            throw new ArgumentException($"The box {width}x{height} at ({x}, {y}) does not lie inside the {picture.Width}x{picture.Height} picture.");
    }
}
