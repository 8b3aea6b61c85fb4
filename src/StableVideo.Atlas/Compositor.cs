using System.Buffers;
using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>Renders frames from atlases: <c>I'_t = gain_t * (alpha_t * Af'(UVf_t) + (1 - alpha_t) * Ab'(UVb_t))</c>.</summary>
public static class Compositor
{
    /// <summary>Renders one frame from (edited) atlases of the decomposition's atlas sizes.</summary>
    /// <param name="decomposition">Supplies UV mappings, alpha and gain.</param>
    /// <param name="frame">0 .. FrameCount - 1.</param>
    /// <param name="foregroundAtlas">RGB, the size of the foreground layer's atlas.</param>
    /// <param name="backgroundAtlas">RGB, the size of the background layer's atlas; null keeps <paramref name="original"/>'s own background.</param>
    /// <param name="destination">[Height, Width, 3], overwritten.</param>
    /// <param name="original">The clip's own frame, RGB; needed only where <paramref name="backgroundAtlas"/> is null. Its pixels stay untouched where alpha is 0.</param>
    /// <param name="withGain">Whether lighting changes are applied.</param>
    /// <exception cref="ArgumentException">Shapes do not fit, or both the background atlas and the original are missing.</exception>
    public static void Compose(
        Decomposition decomposition,
        int frame,
        Raster<byte> foregroundAtlas,
        Raster<byte>? backgroundAtlas,
        Raster<byte> destination,
        Raster<byte>? original = null,
        bool withGain = true)
    {
        ArgumentNullException.ThrowIfNull(decomposition);
        CheckAtlas(foregroundAtlas, decomposition.Foreground, "foreground");
        if (backgroundAtlas is not null)
            CheckAtlas(backgroundAtlas, decomposition.Background, "background");
        else
            CheckFrame(original ?? throw new ArgumentException("Without a background atlas the original frame is needed.", nameof(original)), decomposition);
        CheckFrame(destination, decomposition);
        var alpha = decomposition.Alpha(frame);
        var behind = backgroundAtlas ?? decomposition.Background.Atlas;
        var kept = backgroundAtlas is null ? original : null;
        Parallel.For(0, destination.Height, y =>
            ComposeRow(decomposition, frame, y, foregroundAtlas, behind, alpha.Row(y), kept is null ? default : kept.Row(y), withGain, destination.Row(y)));
    }

    private static void ComposeRow(
        Decomposition decomposition,
        int frame,
        int y,
        Raster<byte> foregroundAtlas,
        Raster<byte> backgroundAtlas,
        ReadOnlySpan<byte> alpha,
        ReadOnlySpan<byte> original,
        bool withGain,
        Span<byte> destination)
    {
        int width = decomposition.Width, height = decomposition.Height;
        var rented = ArrayPool<float>.Shared.Rent(width * 11);
        try
        {
            var uv = rented.AsSpan(0, width * 2);
            var front = rented.AsSpan(width * 2, width * 3);
            var back = rented.AsSpan(width * 5, width * 3);
            var gain = rented.AsSpan(width * 8, width * 3);
            decomposition.Foreground.Map.FillRow(frame, y, width, height, uv);
            AtlasSampler.SampleRow(foregroundAtlas, uv, front);
            decomposition.Background.Map.FillRow(frame, y, width, height, uv);
            AtlasSampler.SampleRow(backgroundAtlas, uv, back);
            if (withGain)
                decomposition.Gain.FillRow(frame, y, width, height, gain);
            else
                gain.Fill(1f);
            for (var i = 0; i < destination.Length; i++)
            {
                var a = alpha[i / 3] / 255f;
                var behind = back[i] * gain[i];
                if (!original.IsEmpty)
                    behind += (1 - a) * (original[i] - behind);
                var value = (a * front[i] * gain[i]) + ((1 - a) * behind);
                destination[i] = (byte)Math.Clamp(value + 0.5f, 0f, 255f);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static void CheckAtlas(Raster<byte> atlas, Layer layer, string name)
    {
        if (atlas.Width != layer.AtlasWidth || atlas.Height != layer.AtlasHeight || atlas.Channels != 3)
            throw new ArgumentException($"The {name} atlas must be {layer.AtlasWidth}x{layer.AtlasHeight} RGB, got {atlas.Width}x{atlas.Height} with {atlas.Channels} channels.");
    }

    private static void CheckFrame(Raster<byte> frame, Decomposition decomposition)
    {
        if (frame.Width != decomposition.Width || frame.Height != decomposition.Height || frame.Channels != 3)
            throw new ArgumentException($"A frame must be {decomposition.Width}x{decomposition.Height} RGB, got {frame.Width}x{frame.Height} with {frame.Channels} channels.");
    }
}
