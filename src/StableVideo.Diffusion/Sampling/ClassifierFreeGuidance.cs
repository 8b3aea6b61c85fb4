using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>Classifier-free guidance (Ho and Salimans 2022): <c>u + g (c - u)</c> from one batch of two.</summary>
internal static class ClassifierFreeGuidance
{
    /// <summary>Joins the outputs of a batch.</summary>
    /// <param name="outputs">[2,C,h,w]: row 0 for the negative prompt, row 1 for the prompt; or [1,C,h,w] without guidance.</param>
    /// <param name="scale">g.</param>
    /// <param name="rescale">
    /// Share, 0..1, of the guided output whose deviation is brought back to that of the prompted one, against over-exposed pictures
    /// (Lin et al. 2023, equations 15 and 16).
    /// </param>
    /// <returns>[1,C,h,w].</returns>
    public static FloatTensor Combine(FloatTensor outputs, float scale, float rescale)
    {
        if (outputs.Shape[0] == 1)
            return outputs;
        ReadOnlySpan<float> free = outputs.Row(0);
        ReadOnlySpan<float> prompted = outputs.Row(1);
        var combined = new FloatTensor([1, .. outputs.Shape.AsSpan(1)]);
        for (var i = 0; i < combined.Length; i++)
            combined.Data[i] = free[i] + scale * (prompted[i] - free[i]);
        if (rescale == 0 || Deviation(combined.Span) is not (> 0 and var deviation))
            return combined;

        var factor = (float)(rescale * Deviation(prompted) / deviation + 1 - rescale);
        foreach (ref var value in combined.Span)
            value *= factor;
        return combined;
    }

    private static double Deviation(ReadOnlySpan<float> values)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values)
        {
            sum += value;
            squares += (double)value * value;
        }

        var mean = sum / values.Length;
        return Math.Sqrt(Math.Max(0, squares / values.Length - mean * mean));
    }
}
