namespace StableVideo.Diffusion;

/// <summary>What a denoiser was trained to predict.</summary>
public enum PredictionType
{
    /// <summary>The noise.</summary>
    Epsilon,

    /// <summary>The velocity <c>alpha * noise - sigma * clean</c>.</summary>
    Velocity,

    /// <summary>The clean latents.</summary>
    Sample,
}
