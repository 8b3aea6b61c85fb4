namespace StableVideo.Atlas.Building;

/// <summary>
/// Opacity near the edge from both layers' renderings F and B of the frame I:
/// <c>alpha = clip(((I - B).(F - B) + lambda a0) / (|F - B|^2 + lambda))</c>, held to the mask a0 where the layers look alike.
/// </summary>
internal static class AlphaRefiner
{
    private const float Prior = 2000f;

    /// <summary>One row, RGB and mask 0..255, alpha 0..1; pixels outside the band keep a0.</summary>
    public static void RefineRow(ReadOnlySpan<byte> frame, ReadOnlySpan<float> front, ReadOnlySpan<float> back, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> band, Span<float> alpha)
    {
        for (var x = 0; x < mask.Length; x++)
        {
            if (band[x] == 0)
            {
                alpha[x] = mask[x] / 255f;
                continue;
            }

            float contrast = 0, match = 0;
            for (var c = 3 * x; c < (3 * x) + 3; c++)
            {
                var d = front[c] - back[c];
                contrast += d * d;
                match += (frame[c] - back[c]) * d;
            }

            alpha[x] = Math.Clamp((match + (Prior * mask[x] / 255f)) / (contrast + Prior), 0, 1);
        }
    }
}
