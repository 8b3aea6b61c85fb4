using System.Numerics;
using System.Runtime.CompilerServices;

namespace StableVideo.Imaging;

public static partial class Resample
{
    /// <summary>
    /// Backward warp: <c>destination(x, y) = source(map(x, y))</c>, interpolated.
    /// </summary>
    /// <param name="source">[H, W, C].</param>
    /// <param name="map">[destination height, destination width, 2]: x, y in source pixels, pixel centres at integer + 0.5.</param>
    /// <param name="destination">Receives the result; same size as <paramref name="map"/>, same channels as <paramref name="source"/>.</param>
    /// <param name="border">What lies outside the source.</param>
    /// <param name="filter"><see cref="ResampleFilter.Nearest"/>, <see cref="ResampleFilter.Bilinear"/> or <see cref="ResampleFilter.Bicubic"/> (Catmull-Rom).</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or the filter is another one.</exception>
    public static void Remap(
        Raster<byte> source, Raster<float> map, Raster<byte> destination, RemapBorder border = RemapBorder.Clamp, ResampleFilter filter = ResampleFilter.Bilinear)
        => RemapCore(source, map, destination, border, filter);

    /// <inheritdoc cref="Remap(Raster{byte}, Raster{float}, Raster{byte}, RemapBorder, ResampleFilter)"/>
    public static void Remap(
        Raster<float> source, Raster<float> map, Raster<float> destination, RemapBorder border = RemapBorder.Clamp, ResampleFilter filter = ResampleFilter.Bilinear)
        => RemapCore(source, map, destination, border, filter);

    /// <summary>
    /// The picture seen through a flow field: <c>result(x) = source(x + flow(x))</c>. With forward flow from A to B, warping B gives A.
    /// </summary>
    public static Raster<byte> WarpByFlow(Raster<byte> source, Raster<float> flow, RemapBorder border = RemapBorder.Clamp, ResampleFilter filter = ResampleFilter.Bilinear)
    {
        var result = new Raster<byte>(flow.Width, flow.Height, source.Channels);
        RemapCore(source, FlowToMap(flow), result, border, filter);
        return result;
    }

    /// <inheritdoc cref="WarpByFlow(Raster{byte}, Raster{float}, RemapBorder, ResampleFilter)"/>
    public static Raster<float> WarpByFlow(Raster<float> source, Raster<float> flow, RemapBorder border = RemapBorder.Clamp, ResampleFilter filter = ResampleFilter.Bilinear)
    {
        var result = new Raster<float>(flow.Width, flow.Height, source.Channels);
        RemapCore(source, FlowToMap(flow), result, border, filter);
        return result;
    }

    /// <summary>The position map of a flow field: <c>map(x, y) = (x + 0.5 + flow.x, y + 0.5 + flow.y)</c>.</summary>
    public static Raster<float> FlowToMap(Raster<float> flow)
    {
        var map = new Raster<float>(flow.Width, flow.Height, 2);
        Rows.For(flow.Height, y =>
        {
            var from = flow.Row(y);
            var to = map.Row(y);
            for (var x = 0; x < flow.Width; x++)
            {
                to[2 * x] = from[2 * x] + x + 0.5f;
                to[(2 * x) + 1] = from[(2 * x) + 1] + y + 0.5f;
            }
        });
        return map;
    }

    private static void RemapCore<T>(Raster<T> source, Raster<float> map, Raster<T> destination, RemapBorder border, ResampleFilter filter)
        where T : unmanaged, INumberBase<T>
    {
        if (map.Channels != 2 || map.Width != destination.Width || map.Height != destination.Height)
            throw new ArgumentException($"The map is {map.Width}x{map.Height}x{map.Channels}, the destination needs {destination.Width}x{destination.Height}x2.", nameof(map));
        if (source.Channels != destination.Channels)
            throw new ArgumentException($"The source has {source.Channels} channels, the destination {destination.Channels}.", nameof(destination));
        var taps = filter switch
        {
            ResampleFilter.Nearest => 1,
            ResampleFilter.Bilinear => 2,
            ResampleFilter.Bicubic => 4,
            _ => throw new ArgumentException($"A remap is nearest, bilinear or bicubic, not {filter}.", nameof(filter)),
        };
        Rows.For(destination.Height, y => RemapRow(source, map.Row(y), destination.Row(y), border, taps));
    }

    private static void RemapRow<T>(Raster<T> source, ReadOnlySpan<float> map, Span<T> destination, RemapBorder border, int taps)
        where T : unmanaged, INumberBase<T>
    {
        var channels = source.Channels;
        var data = source.Data;
        Span<float> weightsX = stackalloc float[4];
        Span<float> weightsY = stackalloc float[4];
        Span<int> columns = stackalloc int[4];
        Span<int> rows = stackalloc int[4];
        for (var x = 0; x < map.Length / 2; x++)
        {
            var (positionX, positionY) = (map[2 * x], map[(2 * x) + 1]);
            var pixel = destination.Slice(x * channels, channels);
            if (!float.IsFinite(positionX) || !float.IsFinite(positionY))
            {
                pixel.Clear();
                continue;
            }

            Taps(positionX, source.Width, border, taps, columns, weightsX);
            Taps(positionY, source.Height, border, taps, rows, weightsY);
            for (var c = 0; c < channels; c++)
            {
                var sum = 0f;
                for (var j = 0; j < taps; j++)
                {
                    var line = 0f;
                    var offset = rows[j] * source.Width;
                    for (var i = 0; i < taps; i++)
                        line += weightsX[i] * float.CreateTruncating(data[((offset + columns[i]) * channels) + c]);
                    sum += weightsY[j] * line;
                }

                pixel[c] = typeof(T) == typeof(byte) ? T.CreateTruncating(RasterExtensions.Saturate(sum)) : T.CreateTruncating(sum);
            }
        }
    }

    /// <summary>The neighbours of a continuous position along one axis and their weights; weights of neighbours outside are 0 with a zero border.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Taps(float position, int size, RemapBorder border, int taps, Span<int> indices, Span<float> weights)
    {
        position = Math.Clamp(position, -size - 2f, (2f * size) + 2f);
        var shifted = taps == 1 ? position : position - 0.5f;
        var floor = MathF.Floor(shifted);
        var t = shifted - floor;
        switch (taps)
        {
            case 1:
                weights[0] = 1;
                break;
            case 2:
                weights[0] = 1 - t;
                weights[1] = t;
                break;
            default:
                weights[0] = ((((-0.5f * t) + 1f) * t) - 0.5f) * t;
                weights[1] = (((1.5f * t) - 2.5f) * t * t) + 1f;
                weights[2] = ((((-1.5f * t) + 2f) * t) + 0.5f) * t;
                weights[3] = ((0.5f * t) - 0.5f) * t * t;
                break;
        }

        var first = (int)floor - (taps == 4 ? 1 : 0);
        for (var i = 0; i < taps; i++)
        {
            var index = first + i;
            if ((uint)index >= (uint)size)
            {
                if (border == RemapBorder.Zero)
                    weights[i] = 0;
                index = border == RemapBorder.Reflect ? Reflect(index, size) : Math.Clamp(index, 0, size - 1);
            }

            indices[i] = index;
        }
    }

    private static int Reflect(int index, int size)
    {
        if (size == 1)
            return 0;
        var period = 2 * (size - 1);
        index = ((index % period) + period) % period;
        return index < size ? index : period - index;
    }
}
