using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>The network inside the denoising loop.</summary>
public interface IDenoiser : IDisposable
{
    /// <summary>Channels of the latents it reads and writes.</summary>
    int LatentChannels { get; }

    /// <summary>Latent heights and widths must be multiples of this (8 for Stable Diffusion: three halvings).</summary>
    int LatentMultiple { get; }

    /// <summary>Width D of the text context.</summary>
    int ContextWidth { get; }

    /// <summary>Width of the pooled text embedding it needs, or null where it takes none.</summary>
    int? PooledWidth { get; }

    /// <summary>Predicts noise, sample or velocity, whichever the model was trained for (the scheduler's prediction type).</summary>
    /// <param name="sample">[B,C,h,w], scaled by the scheduler for this timestep.</param>
    /// <param name="timesteps">One training timestep (0..999) for all rows, or B of them.</param>
    /// <param name="context">[B,L,D] or [1,L,D].</param>
    /// <param name="pooled">[B,P] where <see cref="PooledWidth"/> says so, otherwise null.</param>
    /// <param name="control">Residuals of a <see cref="ControlNet"/>, or null.</param>
    /// <param name="cancellationToken">Ends the run before its next operator.</param>
    /// <returns>[B,C,h,w].</returns>
    /// <exception cref="ArgumentException">Shapes that do not fit the model or each other.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    FloatTensor Predict(
        FloatTensor sample,
        ReadOnlySpan<float> timesteps,
        FloatTensor context,
        FloatTensor? pooled = null,
        ControlResiduals? control = null,
        CancellationToken cancellationToken = default);
}

/// <summary>What a <see cref="ControlNet"/> adds to a denoiser's skip connections (one each, outermost first) and to its middle.</summary>
public sealed record ControlResiduals(IReadOnlyList<FloatTensor> Down, FloatTensor Mid);
