using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>How a model folder is opened.</summary>
public sealed record ImageModelOptions
{
    /// <summary>Where and with how many threads the networks run; the CPU with all cores by default.</summary>
    public NetworkOptions Network { get; init; } = NetworkOptions.Default;

    /// <summary>A ControlNet folder that replaces the model folder's own <c>controlnet</c>; null by default.</summary>
    public string? ControlNetFolder { get; init; }

    /// <summary>
    /// Path of a monocular-depth .onnx network for a ControlNet that wants depth, replacing the one its config names; null by default.
    /// </summary>
    public string? DepthModel { get; init; }

    /// <summary>
    /// Most pictures of one size whose denoising steps run as one batch when they are asked for at the same time, at least 1; 1 paints one after the other.
    /// A picture that is alone is not slower for it; the memory of a step grows with the batch. Default 4.
    /// </summary>
    public int MaxBatch { get; init; } = 4;
}
