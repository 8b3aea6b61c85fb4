namespace StableVideo.Imaging;

/// <summary>Conversions between sRGB, grey and CIE L*a*b* (D65).</summary>
public static class Colour
{
    private static readonly float[] LinearOfByte = BuildLinearTable();

    /// <summary>Luma of one sRGB colour, Rec. 601 weights, in the range of its components.</summary>
    public static float Luma(float red, float green, float blue) => (0.299f * red) + (0.587f * green) + (0.114f * blue);

    /// <summary>Grey picture (1 channel) of an RGB or RGBA picture by Rec. 601 luma; a grey picture is copied.</summary>
    public static Raster<byte> ToGray(Raster<byte> picture)
    {
        if (picture.Channels == 1)
            return picture.Clone();
        RequireColour(picture);
        var result = new Raster<byte>(picture.Width, picture.Height, 1);
        Rows.For(picture.Height, y =>
        {
            var from = picture.Row(y);
            var to = result.Row(y);
            for (int x = 0, i = 0; x < to.Length; x++, i += picture.Channels)
                to[x] = (byte)(((19595 * from[i]) + (38470 * from[i + 1]) + (7471 * from[i + 2]) + 32768) >> 16);
        });
        return result;
    }

    /// <summary>Three equal channels of a grey picture.</summary>
    public static Raster<byte> GrayToRgb(Raster<byte> gray)
    {
        RequireChannels(gray, 1, nameof(gray));
        var result = new Raster<byte>(gray.Width, gray.Height, 3);
        Rows.For(gray.Height, y =>
        {
            var from = gray.Row(y);
            var to = result.Row(y);
            for (var x = 0; x < from.Length; x++)
                to.Slice(3 * x, 3).Fill(from[x]);
        });
        return result;
    }

    /// <summary>CIE L*a*b* picture of an sRGB picture: L 0..100, a and b about -110..110.</summary>
    public static Raster<float> RgbToLab(Raster<byte> rgb)
    {
        RequireChannels(rgb, 3, nameof(rgb));
        var result = new Raster<float>(rgb.Width, rgb.Height, 3);
        Rows.For(rgb.Height, y =>
        {
            var from = rgb.Row(y);
            var to = result.Row(y);
            for (var i = 0; i < from.Length; i += 3)
                (to[i], to[i + 1], to[i + 2]) = LinearToLab(LinearOfByte[from[i]], LinearOfByte[from[i + 1]], LinearOfByte[from[i + 2]]);
        });
        return result;
    }

    /// <summary>sRGB picture of a CIE L*a*b* picture; colours outside the gamut are clipped.</summary>
    public static Raster<byte> LabToRgb(Raster<float> lab)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(lab.Channels, 3);
        var result = new Raster<byte>(lab.Width, lab.Height, 3);
        Rows.For(lab.Height, y =>
        {
            var from = lab.Row(y);
            var to = result.Row(y);
            for (var i = 0; i < from.Length; i += 3)
            {
                var (r, g, b) = LabToRgb(from[i], from[i + 1], from[i + 2]);
                (to[i], to[i + 1], to[i + 2]) = (RasterExtensions.Saturate(r), RasterExtensions.Saturate(g), RasterExtensions.Saturate(b));
            }
        });
        return result;
    }

    /// <summary>L*a*b* of one sRGB colour given 0..255.</summary>
    public static (float L, float A, float B) RgbToLab(byte red, byte green, byte blue)
        => LinearToLab(LinearOfByte[red], LinearOfByte[green], LinearOfByte[blue]);

    /// <summary>sRGB 0..255 (not clipped) of one L*a*b* colour.</summary>
    public static (float Red, float Green, float Blue) LabToRgb(float l, float a, float b)
    {
        var fy = (l + 16) / 116;
        var x = 0.95047f * Cube(fy + (a / 500));
        var y = Cube(fy);
        var z = 1.08883f * Cube(fy - (b / 200));
        return (
            Encode((3.2404542f * x) - (1.5371385f * y) - (0.4985314f * z)),
            Encode((-0.9692660f * x) + (1.8760108f * y) + (0.0415560f * z)),
            Encode((0.0556434f * x) - (0.2040259f * y) + (1.0572252f * z)));

        static float Cube(float f) => f > 6f / 29f ? f * f * f : 3 * (6f / 29f) * (6f / 29f) * (f - (4f / 29f));
        static float Encode(float linear) => 255 * (linear <= 0.0031308f ? 12.92f * linear : (1.055f * MathF.Pow(linear, 1 / 2.4f)) - 0.055f);
    }

    internal static void RequireChannels(Raster<byte> picture, int channels, string parameter)
    {
        ArgumentNullException.ThrowIfNull(picture, parameter);
        if (picture.Channels != channels)
            throw new ArgumentException($"Needs a picture of {channels} channel(s), got {picture.Channels}.", parameter);
    }

    private static void RequireColour(Raster<byte> picture)
    {
        if (picture.Channels is not (3 or 4))
            throw new ArgumentException($"Needs a picture of 1, 3 or 4 channels, got {picture.Channels}.", nameof(picture));
    }

    private static (float L, float A, float B) LinearToLab(float r, float g, float b)
    {
        var x = Curve(((0.4124564f * r) + (0.3575761f * g) + (0.1804375f * b)) / 0.95047f);
        var y = Curve((0.2126729f * r) + (0.7151522f * g) + (0.0721750f * b));
        var z = Curve(((0.0193339f * r) + (0.1191920f * g) + (0.9503041f * b)) / 1.08883f);
        return ((116 * y) - 16, 500 * (x - y), 200 * (y - z));

        static float Curve(float t) => t > 216f / 24389f ? MathF.Cbrt(t) : ((24389f / 27f * t) + 16) / 116;
    }

    private static float[] BuildLinearTable()
    {
        var table = new float[256];
        for (var i = 0; i < table.Length; i++)
        {
            var value = i / 255.0;
            table[i] = (float)(value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4));
        }

        return table;
    }
}
