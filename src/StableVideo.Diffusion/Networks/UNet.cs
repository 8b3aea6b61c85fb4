using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' UNet2DConditionModel of the Stable Diffusion 1.x family.</summary>
public sealed class UNet : IDenoiser
{
    /// <inheritdoc/>
    public int LatentChannels { get; }

    /// <inheritdoc/>
    public int LatentMultiple { get; }

    /// <inheritdoc/>
    public int ContextWidth { get; }

    /// <inheritdoc/>
    public int? PooledWidth { get; }

    /// <summary>Opens the folder that holds config.json and diffusion_pytorch_model.safetensors.</summary>
    /// <exception cref="ModelException">A file is missing or broken, or a setting is not supported.</exception>
    public static UNet Open(string folder, NetworkOptions options) => throw new NotSupportedException();

    /// <inheritdoc/>
    public FloatTensor Predict(FloatTensor sample, ReadOnlySpan<float> timesteps, FloatTensor context, FloatTensor? pooled = null, ControlResiduals? control = null) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
