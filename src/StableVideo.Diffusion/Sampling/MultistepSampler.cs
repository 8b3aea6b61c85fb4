namespace StableVideo.Diffusion;

/// <summary>What second-order multistep solvers in data prediction share: the levels of the steps and the last clean predictions.</summary>
internal abstract class MultistepSampler : Sampler
{
    private readonly NoiseLevel[] levels;
    private double[] clean = [];
    private double[] previousClean = [];
    private double[] olderClean = [];

    protected MultistepSampler(NoiseSchedule schedule, int steps)
        : base(schedule, TimestepLayout.Multistep(schedule.Spacing ?? TimestepSpacing.Linspace, schedule, steps))
    {
        var last = schedule.MultistepEndsClean ? NoiseLevel.Clean : schedule.LevelAt(0);
        levels = [.. Timesteps.Select(timestep => schedule.LevelAt(timestep).WithSignal()), last];
    }

    /// <summary>Steps of this picture already done: 0 at its first.</summary>
    protected int StepsDone { get; private set; }

    /// <summary>The clean prediction of this step.</summary>
    protected ReadOnlySpan<double> Clean => clean;

    /// <summary>The clean prediction of the step before; empty at the first.</summary>
    protected ReadOnlySpan<double> PreviousClean => previousClean;

    /// <summary>The clean prediction two steps before; empty at the first two.</summary>
    protected ReadOnlySpan<double> OlderClean => olderClean;

    public override void AddNoise(int step, ReadOnlySpan<float> clean, ReadOnlySpan<float> noise, Span<float> noisy)
    {
        var level = levels[step];
        for (var i = 0; i < noisy.Length; i++)
            noisy[i] = (float)(level.Alpha * clean[i] + level.Sigma * noise[i]);
    }

    public sealed override void Step(int step, ReadOnlySpan<float> output, Span<float> latents)
    {
        (olderClean, previousClean, clean) = (previousClean, clean, olderClean.Length == output.Length ? olderClean : new double[output.Length]);
        for (var i = 0; i < output.Length; i++)
            clean[i] = Schedule.Clip(Schedule.CleanFrom(levels[step], latents[i], output[i]));
        Advance(step, latents);
        StepsDone++;
    }

    /// <summary>The level of a step; index <c>steps</c> is where the last one ends.</summary>
    protected NoiseLevel Level(int step) => levels[step];

    /// <summary>Replaces the latents of a step by those of the next.</summary>
    protected abstract void Advance(int step, Span<float> latents);
}
