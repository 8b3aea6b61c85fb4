using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>One picture on its way from noise to clean latents: what it is conditioned on, and how far it is.</summary>
/// <param name="start">[1,C,h,w], at the noise level of the first step.</param>
/// <param name="firstStep">Index of the first step.</param>
internal sealed class PictureInProgress(FloatTensor start, int firstStep = 0)
{
    private readonly int _firstStep = firstStep;
    private int _step = firstStep;
    private volatile FloatTensor? _expected;

    /// <summary>Two rows, the negative prompt's and the prompt's; or the prompt's alone without guidance.</summary>
    public required TextEmbedding Text { get; init; }

    /// <summary>The ControlNet's embedded structure picture [1,C,h,w] and the scale of its residuals, or null without control.</summary>
    public (FloatTensor Embedding, float Scale)? Control { get; init; }

    public required float GuidanceScale { get; init; }

    /// <summary>Share of the guided output whose deviation is restored, 0..1.</summary>
    public float GuidanceRescale { get; init; }

    public required Sampler Sampler { get; init; }

    /// <summary>[1,C,h,w]; clean when <see cref="IsDone"/>.</summary>
    public FloatTensor Latents { get; } = start.Clone();

    /// <summary>Whether <see cref="Expected"/> is wanted.</summary>
    public bool IsObserved { get; init; }

    /// <summary>Clean latents [1,C,h,w] that the network believed in at the last step; null before the first, or if nobody wants them. May be read while a step runs.</summary>
    public FloatTensor? Expected => _expected;

    /// <summary>Rows of a batch that its next step takes: one for each prompt.</summary>
    public int Rows => Text.Hidden.Shape[0];

    public int StepsDone => _step - _firstStep;

    public int Steps => Sampler.Timesteps.Count - _firstStep;

    public bool IsDone => _step >= Sampler.Timesteps.Count;

    /// <summary>Training timestep of the next step.</summary>
    public float Timestep => (float)Sampler.Timesteps[_step];

    /// <summary>Whether the next steps of both can be rows of one batch.</summary>
    public bool FitsWith(PictureInProgress other) =>
        Latents.Shape.AsSpan().SequenceEqual(other.Latents.Shape)
        && Text.Hidden.Shape[1] == other.Text.Hidden.Shape[1]
        && Control is null == other.Control is null;

    /// <summary>What the network shall see in the next step [1,C,h,w].</summary>
    public FloatTensor ScaledInput()
    {
        var input = new FloatTensor([.. Latents.Shape]);
        Sampler.ScaleInput(_step, Latents.Span, input.Span);
        return input;
    }

    /// <summary>Takes the step with what the network answered, <see cref="Rows"/> rows.</summary>
    public void Advance(FloatTensor outputs)
    {
        var output = ClassifierFreeGuidance.Combine(outputs, GuidanceScale, GuidanceRescale);
        if (IsObserved)
        {
            var expected = new FloatTensor([.. Latents.Shape]);
            Sampler.EstimateClean(_step, output.Span, Latents.Span, expected.Span);
            _expected = expected;
        }

        Sampler.Step(_step, output.Span, Latents.Span);
        _step++;
    }
}
