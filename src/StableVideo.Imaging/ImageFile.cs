using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>Reads and writes single pictures (PNG, JPEG, WebP, BMP, TIFF in; PNG and JPEG out). The bytes written depend on the pixels alone.</summary>
public static class ImageFile
{
    /// <summary>Reads a picture file, upright (EXIF orientation applied for 1 and 3 channels).</summary>
    /// <param name="path">File to read.</param>
    /// <param name="channels">1 (grey), 3 (RGB) or 4 (RGBA; opaque where the file has no alpha).</param>
    /// <param name="limits">Largest size accepted, checked before decoding where the header can be read.</param>
    /// <exception cref="MediaException">No such file, not a picture, or too large.</exception>
    public static Raster<byte> Read(string path, int channels = 3, DecodeLimits? limits = null)
    {
        if (!File.Exists(path))
            throw new MediaException($"No such image file: {path}");
        return Decode(File.ReadAllBytes(path), channels, Path.GetFileName(path), limits ?? DecodeLimits.Default);
    }

    /// <summary>Decodes a picture held in memory; see <see cref="Read(string, int, DecodeLimits)"/>.</summary>
    public static Raster<byte> Read(ReadOnlySpan<byte> encoded, int channels = 3, DecodeLimits? limits = null)
        => Decode(encoded, channels, "The image", limits ?? DecodeLimits.Default);

    /// <summary>Writes a PNG file of 1 (grey), 3 (RGB) or 4 (RGBA) channels.</summary>
    public static void WritePng(string path, Raster<byte> picture) => Write(path, EncodePng(picture));

    /// <summary>Writes a JPEG file of 1 or 3 channels; <paramref name="quality"/> 1..100.</summary>
    public static void WriteJpeg(string path, Raster<byte> picture, int quality = 92) => Write(path, EncodeJpeg(picture, quality));

    /// <summary>The bytes of a PNG file of 1 (grey), 3 (RGB) or 4 (RGBA) channels.</summary>
    public static byte[] EncodePng(Raster<byte> picture)
        => Encode(picture, ".png", [1, 3, 4], new ImageEncodingParam(ImwriteFlags.PngCompression, 4));

    /// <summary>The bytes of a JPEG file of 1 or 3 channels; <paramref name="quality"/> 1..100.</summary>
    public static byte[] EncodeJpeg(Raster<byte> picture, int quality = 92)
        => Encode(picture, ".jpg", [1, 3], new ImageEncodingParam(ImwriteFlags.JpegQuality, quality));

    private static Raster<byte> Decode(ReadOnlySpan<byte> encoded, int channels, string name, DecodeLimits limits)
    {
        if (channels is not (1 or 3 or 4))
            throw new ArgumentOutOfRangeException(nameof(channels), channels, "A picture is read as 1, 3 or 4 channels.");
        if (encoded.IsEmpty)
            throw new MediaException($"{name} is empty.");
        if (ImageHeader.TryReadSize(encoded, out var width, out var height))
            limits.RequireSize(width, height, name);

        var mode = channels switch { 1 => ImreadModes.Grayscale, 3 => ImreadModes.Color, _ => ImreadModes.Unchanged };
        using var decoded = TryDecode(encoded, mode);
        if (decoded is null || decoded.Empty())
            throw new MediaException($"{name} is not an image this program can read. Use PNG or JPEG.");
        limits.RequireSize(decoded.Width, decoded.Height, name);
        if (channels == 1)
            return MatView.ToRaster<byte>(decoded);

        var result = new Raster<byte>(decoded.Width, decoded.Height, channels);
        using var view = MatView.Of(result);
        using var eightBit = new Mat();
        decoded.ConvertTo(eightBit, MatType.MakeType(MatType.CV_8U, decoded.Channels()), decoded.Depth() == MatType.CV_16U ? 1 / 257.0 : 1);
        Cv2.CvtColor(eightBit, view, (channels, eightBit.Channels()) switch
        {
            (3, _) => ColorConversionCodes.BGR2RGB,
            (_, 1) => ColorConversionCodes.GRAY2RGBA,
            (_, 3) => ColorConversionCodes.BGR2RGBA,
            _ => ColorConversionCodes.BGRA2RGBA,
        });
        return result;
    }

    private static Mat? TryDecode(ReadOnlySpan<byte> encoded, ImreadModes mode)
    {
        try
        {
            return Cv2.ImDecode(encoded, mode);
        }
        catch (OpenCVException)
        {
            return null;
        }
    }

    private static byte[] Encode(Raster<byte> picture, string extension, int[] allowedChannels, ImageEncodingParam parameter)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (!allowedChannels.Contains(picture.Channels))
            throw new ArgumentException($"A {extension} file can not hold {picture.Channels} channels.", nameof(picture));
        using var view = MatView.Of(picture);
        using var bgr = new Mat();
        if (picture.Channels > 1)
            Cv2.CvtColor(view, bgr, picture.Channels == 3 ? ColorConversionCodes.RGB2BGR : ColorConversionCodes.RGBA2BGRA);
        Cv2.ImEncode(extension, picture.Channels > 1 ? bgr : view, out var bytes, parameter);
        return bytes;
    }

    private static void Write(string path, byte[] bytes)
    {
        try
        {
            File.WriteAllBytes(path, bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"Can not write {path}: {exception.Message}", exception);
        }
    }
}
