using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Checks and names what a UNet and a ControlNet are both fed with.</summary>
internal static class DenoisingInputs
{
    public static List<(string Name, ITensor Value)> Collect(
        UNetConfig config, FloatTensor sample, ReadOnlySpan<float> timesteps, FloatTensor context, FloatTensor? pooled)
    {
        if (sample.Rank != 4 || sample.Shape[1] != config.InChannels)
            throw new ArgumentException($"The sample is {sample} but must be [B,{config.InChannels},h,w].", nameof(sample));
        if (sample.Shape[2] % config.LatentMultiple != 0 || sample.Shape[3] % config.LatentMultiple != 0)
            throw new ArgumentException($"The sample is {sample}; its height and width must be multiples of {config.LatentMultiple}.", nameof(sample));
        var batch = sample.Shape[0];
        if (timesteps.Length != 1 && timesteps.Length != batch)
            throw new ArgumentException($"There are {timesteps.Length} timesteps for {batch} samples; give one, or one each.", nameof(timesteps));
        if (context.Rank != 3 || context.Shape[2] != config.ContextWidth)
            throw new ArgumentException($"The context is {context} but must be [{batch},L,{config.ContextWidth}].", nameof(context));
        if (pooled is null != config.PooledWidth is null || (pooled is not null && (pooled.Rank != 2 || pooled.Shape[1] != config.PooledWidth)))
        {
            throw new ArgumentException(
                $"The pooled embedding is {pooled?.ToString() ?? "missing"} but must be {(config.PooledWidth is { } width ? $"[{batch},{width}]" : "null")}.", nameof(pooled));
        }

        List<(string, ITensor)> inputs =
        [
            (UNetGraph.Sample, sample),
            (UNetGraph.Time, config.Time.Compute(timesteps)),
            (UNetGraph.Context, Repeat(context, batch)),
        ];
        if (pooled is not null)
            inputs.Add((UNetGraph.Pooled, Repeat(pooled, batch)));
        return inputs;
    }

    private static FloatTensor Repeat(FloatTensor tensor, int batch)
    {
        if (tensor.Shape[0] == batch)
            return tensor;
        if (tensor.Shape[0] != 1)
            throw new ArgumentException($"{tensor} has neither 1 row nor one for each of the {batch} samples.", nameof(tensor));
        var rows = new FloatTensor[batch];
        Array.Fill(rows, tensor);
        return FloatTensor.Concat(rows);
    }
}
