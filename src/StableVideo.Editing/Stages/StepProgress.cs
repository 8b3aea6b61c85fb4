using StableVideo.Diffusion;

namespace StableVideo.Editing;

/// <summary>Denoising steps as a fraction and a message, on the calling thread.</summary>
internal sealed class StepProgress(Action<double, string> report, string what) : IProgress<DenoiseProgress>
{
    public void Report(DenoiseProgress value) => report((double)value.Step / value.Steps, $"{what}: step {value.Step} of {value.Steps}");
}
