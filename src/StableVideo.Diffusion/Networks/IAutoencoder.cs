using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Maps pictures to latents and back. No scaling factor is applied: the denoiser's latents are these times <see cref="Scale"/>.</summary>
public interface IAutoencoder : IDisposable
{
    /// <summary>Channels C of a latent.</summary>
    int LatentChannels { get; }

    /// <summary>Picture pixels per latent pixel along each side (8 for Stable Diffusion).</summary>
    int Downscale { get; }

    /// <summary>Factor between the autoencoder's and the denoiser's latents (0.18215 for Stable Diffusion).</summary>
    float Scale { get; }

    /// <summary>Encodes pictures.</summary>
    /// <param name="pictures">[B,3,H,W] in -1..1, H and W multiples of <see cref="Downscale"/>.</param>
    /// <param name="cancellationToken">Ends the run before its next operator.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    LatentDistribution Encode(FloatTensor pictures, CancellationToken cancellationToken = default);

    /// <summary>Decodes latents [B,C,h,w] (not scaled) into pictures [B,3,h*Downscale,w*Downscale], about -1..1, not clipped.</summary>
    /// <exception cref="ArgumentException">Another shape.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    FloatTensor Decode(FloatTensor latents, CancellationToken cancellationToken = default);
}

/// <summary>A diagonal Gaussian over latents; both [B,C,H/Downscale,W/Downscale].</summary>
/// <param name="Mean">The mean: what a deterministic encode uses.</param>
/// <param name="LogVariance">Logarithm of the variance, clamped to -30..20; null where the encoder is exact.</param>
public sealed record LatentDistribution(FloatTensor Mean, FloatTensor? LogVariance);
