using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>Classifier-free guidance (Ho and Salimans 2022): <c>u + g (c - u)</c> from one batch of two.</summary>
internal static class ClassifierFreeGuidance
{
    /// <summary>Joins the outputs of a batch.</summary>
    /// <param name="outputs">[2,C,h,w]: row 0 for the negative prompt, row 1 for the prompt; or [1,C,h,w] without guidance.</param>
    /// <param name="scale">g.</param>
    /// <returns>[1,C,h,w].</returns>
    public static FloatTensor Combine(FloatTensor outputs, float scale)
    {
        if (outputs.Shape[0] == 1)
            return outputs;
        ReadOnlySpan<float> free = outputs.Row(0);
        ReadOnlySpan<float> prompted = outputs.Row(1);
        var combined = new FloatTensor([1, .. outputs.Shape.AsSpan(1)]);
        for (var i = 0; i < combined.Length; i++)
            combined.Data[i] = free[i] + scale * (prompted[i] - free[i]);
        return combined;
    }
}
