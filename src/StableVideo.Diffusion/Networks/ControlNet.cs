using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' ControlNetModel: turns a structure picture into residuals for a <see cref="UNet"/>.</summary>
public sealed class ControlNet : IDisposable
{
    /// <summary>Channels of the structure picture.</summary>
    public int ConditioningChannels { get; }

    /// <summary>Picture pixels per latent pixel along each side.</summary>
    public int Downscale { get; }

    /// <summary>Opens the folder that holds config.json and diffusion_pytorch_model.safetensors.</summary>
    /// <exception cref="ModelException">A file is missing or broken, or a setting is not supported.</exception>
    public static ControlNet Open(string folder, NetworkOptions options) => throw new NotSupportedException();

    /// <summary>
    /// Embeds the structure picture [B,3,H,W] in 0..1 into [B,C,H/Downscale,W/Downscale]. It does not depend on the timestep: do it once before the loop.
    /// </summary>
    public FloatTensor Embed(FloatTensor picture) => throw new NotSupportedException();

    /// <summary>Computes the residuals of one denoising step.</summary>
    /// <param name="sample">[B,C,h,w], as for <see cref="UNet.Predict"/>.</param>
    /// <param name="timesteps">One training timestep for all rows, or B of them.</param>
    /// <param name="context">[B,L,D] or [1,L,D].</param>
    /// <param name="pooled">[B,P] where the model takes one, otherwise null.</param>
    /// <param name="embedding">What <see cref="Embed"/> returned: B rows, or one for all.</param>
    /// <param name="scale">Conditioning scale the residuals are multiplied by, usually 0..2.</param>
    public ControlResiduals Predict(FloatTensor sample, ReadOnlySpan<float> timesteps, FloatTensor context, FloatTensor? pooled, FloatTensor embedding, float scale = 1) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
