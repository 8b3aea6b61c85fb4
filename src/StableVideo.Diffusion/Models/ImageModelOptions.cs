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
    /// Null, the default, means 4 on CUDA and 1 on the CPU, where a batch takes as long as its pictures one by one and only makes the first ones wait.
    /// </summary>
    public int? MaxBatch { get; init; }

    internal int EffectiveMaxBatch => MaxBatch ?? (Network.Provider == ExecutionProvider.Cuda ? 4 : 1);
}
