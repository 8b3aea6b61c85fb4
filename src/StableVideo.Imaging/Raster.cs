namespace StableVideo.Imaging;

/// <summary>
/// A picture as plain memory: <c>[Height, Width, Channels]</c>, row-major, channels interleaved, no padding.
/// </summary>
/// <remarks>
/// By convention <c>Raster&lt;byte&gt;</c> holds sRGB colours 0..255 (3 channels, R first) or masks and alpha 0..255 (1 channel);
/// <c>Raster&lt;float&gt;</c> holds colours 0..255 (3), weights and alpha 0..1 (1), optical flow in pixels (2: x, y) or UV coordinates in atlas pixels (2: u, v).
/// Pixel centres lie at integer + 0.5 when positions are continuous.
/// </remarks>
/// <typeparam name="T">Element type.</typeparam>
public sealed class Raster<T>
    where T : unmanaged
{
    /// <summary>Wraps existing memory without copying.</summary>
    /// <param name="width">Width in pixels, at least 1.</param>
    /// <param name="height">Height in pixels, at least 1.</param>
    /// <param name="channels">Elements per pixel, at least 1.</param>
    /// <param name="data">Exactly <c>width * height * channels</c> elements.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="data"/> does not fit the shape.</exception>
    public Raster(int width, int height, int channels, T[] data)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length != checked(width * height * channels))
            throw new ArgumentException($"A {width}x{height}x{channels} raster needs {width * height * channels} elements, got {data.Length}.", nameof(data));
        (Width, Height, Channels, Data) = (width, height, channels, data);
    }

    /// <summary>A new raster filled with zeros.</summary>
    public Raster(int width, int height, int channels)
        : this(width, height, channels, new T[checked(width * height * channels)])
    {
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Elements per pixel.</summary>
    public int Channels { get; }

    /// <summary>All elements, row after row.</summary>
    public T[] Data { get; }

    /// <summary>One row: <c>Width * Channels</c> elements.</summary>
    public Span<T> Row(int y) => Data.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>The element at pixel (<paramref name="x"/>, <paramref name="y"/>), channel <paramref name="c"/>.</summary>
    public ref T this[int x, int y, int c = 0] => ref Data[((y * Width) + x) * Channels + c];

    /// <summary>A deep copy.</summary>
    public Raster<T> Clone() => new(Width, Height, Channels, (T[])Data.Clone());
}
