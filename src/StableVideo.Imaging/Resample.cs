using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>How <see cref="Resample"/> weighs neighbouring pixels.</summary>
public enum ResampleFilter
{
    /// <summary>The nearest pixel; the only choice for labels.</summary>
    Nearest,

    /// <summary>Two by two pixels; does not average when shrinking.</summary>
    Bilinear,

    /// <summary>Four by four pixels (a = -0.75); does not average when shrinking.</summary>
    Bicubic,

    /// <summary>Exact area average; the choice for shrinking, bilinear when enlarging.</summary>
    Area,

    /// <summary>Eight by eight pixels; does not average when shrinking.</summary>
    Lanczos,
}

/// <summary>What <see cref="Resample.Remap(Raster{byte}, Raster{float}, Raster{byte}, RemapBorder, ResampleFilter)"/> returns for positions outside the source.</summary>
public enum RemapBorder
{
    /// <summary>The nearest border pixel.</summary>
    Clamp,

    /// <summary>Zero (black); positions within half a pixel of the border fade.</summary>
    Zero,

    /// <summary>Mirrored at the border (<c>gfedcb|abcdefgh</c>).</summary>
    Reflect,
}

/// <summary>Changes of size and geometry, and smoothing.</summary>
public static partial class Resample
{
    /// <summary>Scales a picture of any channel count to <paramref name="width"/> x <paramref name="height"/>.</summary>
    public static Raster<byte> Resize(Raster<byte> source, int width, int height, ResampleFilter filter = ResampleFilter.Area)
        => ResizeCore(source, width, height, filter);

    /// <inheritdoc cref="Resize(Raster{byte}, int, int, ResampleFilter)"/>
    public static Raster<float> Resize(Raster<float> source, int width, int height, ResampleFilter filter = ResampleFilter.Area)
        => ResizeCore(source, width, height, filter);

    /// <summary>Half size (rounded up), after a 5x5 Gaussian: one level of a Gaussian pyramid.</summary>
    public static Raster<byte> PyramidDown(Raster<byte> source) => PyramidDownCore(source);

    /// <inheritdoc cref="PyramidDown(Raster{byte})"/>
    public static Raster<float> PyramidDown(Raster<float> source) => PyramidDownCore(source);

    /// <summary>Gaussian blur with reflected borders; <paramref name="sigma"/> in pixels, 0 copies.</summary>
    public static Raster<float> GaussianBlur(Raster<float> source, double sigma) => GaussianBlurCore(source, sigma);

    /// <inheritdoc cref="GaussianBlur(Raster{float}, double)"/>
    public static Raster<byte> GaussianBlur(Raster<byte> source, double sigma) => GaussianBlurCore(source, sigma);

    private static Raster<T> ResizeCore<T>(Raster<T> source, int width, int height, ResampleFilter filter)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Width == width && source.Height == height)
            return source.Clone();
        var result = new Raster<T>(width, height, source.Channels);
        using var from = MatView.Of(source);
        using var to = MatView.Of(result);
        Cv2.Resize(from, to, new Size(width, height), 0, 0, filter switch
        {
            ResampleFilter.Nearest => InterpolationFlags.Nearest,
            ResampleFilter.Bilinear => InterpolationFlags.Linear,
            ResampleFilter.Bicubic => InterpolationFlags.Cubic,
            ResampleFilter.Lanczos => InterpolationFlags.Lanczos4,
            _ => InterpolationFlags.Area,
        });
        return result;
    }

    private static Raster<T> PyramidDownCore<T>(Raster<T> source)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        var result = new Raster<T>((source.Width + 1) / 2, (source.Height + 1) / 2, source.Channels);
        using var from = MatView.Of(source);
        using var to = MatView.Of(result);
        Cv2.PyrDown(from, to);
        return result;
    }

    private static Raster<T> GaussianBlurCore<T>(Raster<T> source, double sigma)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(sigma);
        if (sigma == 0)
            return source.Clone();
        var result = new Raster<T>(source.Width, source.Height, source.Channels);
        using var from = MatView.Of(source);
        using var to = MatView.Of(result);
        Cv2.GaussianBlur(from, to, new Size(0, 0), sigma, sigma, BorderTypes.Reflect101);
        return result;
    }
}
