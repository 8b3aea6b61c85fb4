using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' sinusoidal timestep embedding with max_period 10000.</summary>
/// <param name="Width">Width of the embedding, even.</param>
/// <param name="CosineFirst">Whether the cosines precede the sines ("flip_sin_to_cos").</param>
/// <param name="FrequencyShift">"freq_shift".</param>
internal sealed record TimeEmbedding(int Width, bool CosineFirst, float FrequencyShift)
{
    /// <summary>[T,Width] for T timesteps. Single precision throughout, as the reference computes it.</summary>
    public FloatTensor Compute(ReadOnlySpan<float> timesteps)
    {
        var half = Width / 2;
        var result = new FloatTensor(timesteps.Length, Width);
        for (var row = 0; row < timesteps.Length; row++)
        {
            var values = result.Row(row);
            for (var i = 0; i < half; i++)
            {
                var frequency = MathF.Exp(-MathF.Log(10000f) * i / (half - FrequencyShift));
                var (sine, cosine) = MathF.SinCos(timesteps[row] * frequency);
                values[i] = CosineFirst ? cosine : sine;
                values[half + i] = CosineFirst ? sine : cosine;
            }
        }

        return result;
    }
}
