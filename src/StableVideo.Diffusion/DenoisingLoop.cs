using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>The reverse diffusion of one picture under text and structure.</summary>
internal sealed class DenoisingLoop
{
    public required IDenoiser Denoiser { get; init; }

    /// <summary>The ControlNet and its embedded structure picture [1,C,h,w], or null.</summary>
    public (ControlNet Network, FloatTensor Embedding, float Scale)? Control { get; init; }

    /// <summary>Two rows, the negative prompt's and the prompt's; or the prompt's alone without guidance.</summary>
    public required TextEmbedding Text { get; init; }

    public required float GuidanceScale { get; init; }

    /// <summary>Share of the guided output whose deviation is restored, 0..1.</summary>
    public float GuidanceRescale { get; init; }

    public required Sampler Sampler { get; init; }

    /// <summary>Runs the steps from <paramref name="firstStep"/> on and returns clean latents.</summary>
    /// <param name="latents">[1,C,h,w], at the noise level of the first step.</param>
    /// <param name="firstStep">Index of the first step.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Ends a step before its next operator.</param>
    public FloatTensor Run(FloatTensor latents, int firstStep, IProgress<DenoiseProgress>? progress, CancellationToken cancellationToken)
    {
        latents = latents.Clone();
        var input = new FloatTensor([.. latents.Shape]);
        var steps = Sampler.Timesteps.Count;
        var rows = Text.Hidden.Shape[0];
        for (var step = firstStep; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Sampler.ScaleInput(step, latents.Span, input.Span);
            var batch = rows == 1 ? input : FloatTensor.Concat(input, input);
            ReadOnlySpan<float> timestep = [(float)Sampler.Timesteps[step]];
            var residuals = Control is { } control
                ? control.Network.Predict(batch, timestep, Text.Hidden, Text.Pooled, control.Embedding, control.Scale, cancellationToken)
                : null;
            var outputs = Denoiser.Predict(batch, timestep, Text.Hidden, Text.Pooled, residuals, cancellationToken);
            Sampler.Step(step, ClassifierFreeGuidance.Combine(outputs, GuidanceScale, GuidanceRescale).Span, latents.Span);
            progress?.Report(new DenoiseProgress(step - firstStep + 1, steps - firstStep));
        }

        return latents;
    }
}
