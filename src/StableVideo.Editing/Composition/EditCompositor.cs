using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// Section 3.5, <c>I'(t) = alpha Af'(UVf) + (1 - alpha) Ab'(UVb)</c>, extended by what the atlases can not hold.
/// </summary>
/// <remarks>
/// With <c>R = I - (alpha Af + (1 - alpha) Ab)</c>, the frame minus its reconstruction, each layer contributes
/// <list type="bullet">
/// <item>edited: <c>A'(UV) + a(UV) L(R) - (1 - trust(R)) T(UV)</c>: the rest's luminance goes through the edit's own slope (<see cref="LocalLinear"/>), and what the
/// edit drew beyond it, <c>T = A' - a L(A) - b</c>, counts as far as the atlas is in register with the frame. Both extensions are weighed by the detail carry;</item>
/// <item>kept: <c>A(UV) + R</c>, so that pixels of a kept layer are the frame's own, exactly where alpha is 0 or 1;</item>
/// <item>edited with protected parts: both, mixed by the protected share of the atlas pixel.</item>
/// </list>
/// With a perfect decomposition R is 0 and this is the paper's equation. Atlas colours are multiplied by the gain field.
/// </remarks>
internal sealed class EditCompositor
{
    private const float Linear = 64;     // grey levels of residual that pass whole
    private const float Reach = 128;     // what a larger residual can add beyond that
    private const float Misplaced = 40;  // residual at which the edit's own drawing counts half
    private readonly Decomposition _decomposition;
    private readonly RenderedLayer _foreground;
    private readonly RenderedLayer _background;
    private readonly float _carry;
    private readonly float _own;

    public EditCompositor(Decomposition decomposition, EditedAtlas? foreground, EditedAtlas? background, float detailCarry)
    {
        _decomposition = decomposition;
        _foreground = new RenderedLayer(decomposition.Foreground, foreground, decomposition.Width, decomposition.Height);
        _background = new RenderedLayer(decomposition.Background, background, decomposition.Width, decomposition.Height);
        _carry = detailCarry;
        // With nothing edited the reconstruction itself is wanted, not the clip.
        _own = foreground is null && background is null ? 0 : 1;
    }

    /// <summary>Renders a frame.</summary>
    /// <param name="frame">Its number.</param>
    /// <param name="original">[H,W,3], the clip's frame.</param>
    /// <param name="destination">[H,W,3], overwritten.</param>
    public void Compose(int frame, Raster<byte> original, Raster<byte> destination)
    {
        var alpha = _decomposition.Alpha(frame);
        _foreground.Fetch(frame);
        _background.Fetch(frame);
        Rows.For(destination.Height, y => ComposeRow(frame, y, alpha.Row(y), original.Row(y), destination.Row(y)));
    }

    private void ComposeRow(int frame, int y, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> original, Span<byte> destination)
    {
        var width = alpha.Length;
        var buffer = System.Buffers.ArrayPool<float>.Shared.Rent(width * 3);
        var gain = buffer.AsSpan(0, width * 3);
        _decomposition.Gain.FillRow(frame, y, width, _decomposition.Height, gain);
        var front = _foreground.Row(y);
        var back = _background.Row(y);
        Span<float> rest = stackalloc float[3];
        for (var x = 0; x < width; x++)
        {
            var a = alpha[x] / 255f;
            var f = front.Slice(x * _foreground.Channels, _foreground.Channels);
            var b = back.Slice(x * _background.Channels, _background.Channels);
            var g = gain.Slice(x * 3, 3);
            for (var c = 0; c < 3; c++)
                rest[c] = original[(x * 3) + c] - (g[c] * ((a * f[c]) + ((1 - a) * b[c])));
            var residual = Colour.Luma(rest[0], rest[1], rest[2]);
            var luma = _carry * Limit(residual);
            var doubt = _carry * (1 - (1 / (1 + (residual * residual / (Misplaced * Misplaced)))));
            var (keptFront, keptBack) = (Kept(_foreground, f), Kept(_background, b));
            for (var c = 0; c < 3; c++)
            {
                var value = 0f;
                if (a > 0)
                    value += a * Layer(f, c, keptFront, g[c], rest[c], luma, doubt);
                if (a < 1)
                    value += (1 - a) * Layer(b, c, keptBack, g[c], rest[c], luma, doubt);
                destination[(x * 3) + c] = (byte)(Math.Clamp(value, 0, 255) + 0.5f);
            }
        }

        System.Buffers.ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>How much of a layer's pixel stays as it was filmed.</summary>
    private static float Kept(RenderedLayer layer, ReadOnlySpan<float> pixel) => !layer.Edited ? 1 : layer.Protected is { } share ? pixel[share] : 0;

    /// <summary>What a layer contributes to one channel.</summary>
    private float Layer(ReadOnlySpan<float> pixel, int c, float kept, float gain, float rest, float luma, float doubt)
    {
        var asFilmed = kept > 0 ? (gain * pixel[c]) + (_own * rest) : 0;
        if (kept >= 1)
            return asFilmed;
        var edited = (gain * pixel[3 + c]) + (pixel[6 + c] * luma) - (doubt * pixel[9 + c]);
        return kept > 0 ? edited + (kept * (asFilmed - edited)) : edited;
    }

    /// <summary>Whole up to <see cref="Linear"/>, then ever less: a large residual is a misplaced edge more often than a detail.</summary>
    private static float Limit(float residual)
    {
        var size = MathF.Abs(residual);
        if (size <= Linear)
            return residual;
        var over = size - Linear;
        return MathF.CopySign(Linear + (over * Reach / (over + Reach)), residual);
    }
}
