using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>
/// Looks an atlas up at UV positions: bilinear, half-pixel centres (UV (0.5, 0.5) is the first pixel's centre), edges continued outwards.
/// </summary>
public static class AtlasSampler
{
    /// <summary><c>destination(x) = atlas(uv(x))</c>.</summary>
    /// <param name="atlas">[h, w, C].</param>
    /// <param name="uv">[H, W, 2], continuous atlas pixels.</param>
    /// <param name="destination">[H, W, C], overwritten.</param>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Sample(Raster<float> atlas, Raster<float> uv, Raster<float> destination)
    {
        CheckShapes(atlas, uv, destination);
        Parallel.For(0, uv.Height, y => SampleRow(atlas, uv.Row(y), destination.Row(y)));
    }

    /// <summary><c>destination(x) = atlas(uv(x))</c> for an atlas of bytes; values keep their range 0..255.</summary>
    /// <inheritdoc cref="Sample(Raster{float}, Raster{float}, Raster{float})"/>
    public static void Sample(Raster<byte> atlas, Raster<float> uv, Raster<float> destination)
    {
        CheckShapes(atlas, uv, destination);
        Parallel.For(0, uv.Height, y => SampleRow(atlas, uv.Row(y), destination.Row(y)));
    }

    /// <summary>
    /// The transpose of <see cref="Sample(Raster{float}, Raster{float}, Raster{float})"/>: <c>atlasGradient += S^T gradient</c>, so that
    /// <c>&lt;S a, g&gt; = &lt;a, S^T g&gt;</c>. Sums in pixel order on the calling thread: the same bytes on every run.
    /// </summary>
    /// <param name="gradient">[H, W, C].</param>
    /// <param name="uv">[H, W, 2], continuous atlas pixels.</param>
    /// <param name="atlasGradient">[h, w, C], added to.</param>
    public static void SampleAdjoint(Raster<float> gradient, Raster<float> uv, Raster<float> atlasGradient)
    {
        CheckShapes(atlasGradient, uv, gradient);
        int channels = gradient.Channels, stride = atlasGradient.Width * channels;
        var target = atlasGradient.Data;
        for (var y = 0; y < uv.Height; y++)
        {
            var at = uv.Row(y);
            var from = gradient.Row(y);
            for (var x = 0; x < uv.Width; x++)
            {
                var (offset, right, below, fx, fy) = Locate(at[2 * x], at[(2 * x) + 1], atlasGradient.Width, atlasGradient.Height, channels, stride);
                for (var c = 0; c < channels; c++)
                {
                    var g = from[(x * channels) + c];
                    float upper = g * (1 - fy), lower = g * fy;
                    target[offset + c] += upper * (1 - fx);
                    target[offset + right + c] += upper * fx;
                    target[offset + below + c] += lower * (1 - fx);
                    target[offset + below + right + c] += lower * fx;
                }
            }
        }
    }

    internal static void SampleRow(Raster<float> atlas, ReadOnlySpan<float> uv, Span<float> destination)
    {
        int channels = atlas.Channels, stride = atlas.Width * channels;
        var source = atlas.Data;
        for (var x = 0; 2 * x < uv.Length; x++)
        {
            var (offset, right, below, fx, fy) = Locate(uv[2 * x], uv[(2 * x) + 1], atlas.Width, atlas.Height, channels, stride);
            for (var c = 0; c < channels; c++)
            {
                var i = offset + c;
                var upper = source[i] + (fx * (source[i + right] - source[i]));
                var lower = source[i + below] + (fx * (source[i + below + right] - source[i + below]));
                destination[(x * channels) + c] = upper + (fy * (lower - upper));
            }
        }
    }

    internal static void SampleRow(Raster<byte> atlas, ReadOnlySpan<float> uv, Span<float> destination)
    {
        int channels = atlas.Channels, stride = atlas.Width * channels;
        var source = atlas.Data;
        for (var x = 0; 2 * x < uv.Length; x++)
        {
            var (offset, right, below, fx, fy) = Locate(uv[2 * x], uv[(2 * x) + 1], atlas.Width, atlas.Height, channels, stride);
            for (var c = 0; c < channels; c++)
            {
                var i = offset + c;
                float a = source[i], b = source[i + below];
                var upper = a + (fx * (source[i + right] - a));
                var lower = b + (fx * (source[i + below + right] - b));
                destination[(x * channels) + c] = upper + (fy * (lower - upper));
            }
        }
    }

    /// <summary>The four pixels around a position and its place between them; positions outside are moved to the edge.</summary>
    private static (int Offset, int Right, int Below, float Fx, float Fy) Locate(float u, float v, int width, int height, int channels, int stride)
    {
        var x = Math.Clamp(u - 0.5f, 0f, width - 1);
        var y = Math.Clamp(v - 0.5f, 0f, height - 1);
        int i = (int)x, j = (int)y;
        return ((j * stride) + (i * channels), i + 1 < width ? channels : 0, j + 1 < height ? stride : 0, x - i, y - j);
    }

    private static void CheckShapes<TAtlas>(Raster<TAtlas> atlas, Raster<float> uv, Raster<float> picture)
        where TAtlas : unmanaged
    {
        if (uv.Channels != 2)
            throw new ArgumentException($"UV need 2 channels, got {uv.Channels}.", nameof(uv));
        if (picture.Width != uv.Width || picture.Height != uv.Height)
            throw new ArgumentException($"UV are {uv.Width}x{uv.Height}, the picture is {picture.Width}x{picture.Height}.", nameof(picture));
        if (picture.Channels != atlas.Channels)
            throw new ArgumentException($"The atlas has {atlas.Channels} channels, the picture {picture.Channels}.", nameof(picture));
    }
}
