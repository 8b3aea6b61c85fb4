namespace StableVideo.Diffusion;

/// <summary>What second-order multistep solvers in data prediction share: the levels of the steps and the last clean predictions.</summary>
internal abstract class MultistepSampler : Sampler
{
    private readonly NoiseLevel[] _levels;
    private double[] _clean = [];
    private double[] _previousClean = [];
    private double[] _olderClean = [];

    protected MultistepSampler(NoiseSchedule schedule, int steps)
        : base(schedule, TimestepLayout.Multistep(schedule.Spacing ?? TimestepSpacing.Linspace, schedule, steps))
    {
        var last = schedule.MultistepEndsClean ? NoiseLevel.Clean : schedule.LevelAt(0);
        _levels = [.. Timesteps.Select(timestep => schedule.LevelAt(timestep).WithSignal()), last];
    }

    /// <summary>Steps of this picture already done: 0 at its first.</summary>
    protected int StepsDone { get; private set; }

    /// <summary>The clean prediction of this step.</summary>
    protected ReadOnlySpan<double> Clean => _clean;

    /// <summary>The clean prediction of the step before; empty at the first.</summary>
    protected ReadOnlySpan<double> PreviousClean => _previousClean;

    /// <summary>The clean prediction two steps before; empty at the first two.</summary>
    protected ReadOnlySpan<double> OlderClean => _olderClean;

    public sealed override void Step(int step, ReadOnlySpan<float> output, Span<float> latents)
    {
        (_olderClean, _previousClean, _clean) = (_previousClean, _clean, _olderClean.Length == output.Length ? _olderClean : new double[output.Length]);
        for (var i = 0; i < output.Length; i++)
            _clean[i] = Schedule.Clip(Schedule.CleanFrom(_levels[step], latents[i], output[i]));
        Advance(step, latents);
        StepsDone++;
    }

    /// <summary>The level of a step; index <c>steps</c> is where the last one ends.</summary>
    protected NoiseLevel Level(int step) => _levels[step];

    /// <summary>Replaces the latents of a step by those of the next.</summary>
    protected abstract void Advance(int step, Span<float> latents);

    private protected override (double Signal, double Noise) SharesAt(int step) => (_levels[step].Alpha, _levels[step].Sigma);
}
