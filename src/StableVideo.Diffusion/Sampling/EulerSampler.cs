namespace StableVideo.Diffusion;

/// <summary>Euler's method on the probability flow in noise-to-signal ratios: Karras et al. 2022, algorithm 2 without churn.</summary>
internal sealed class EulerSampler : Sampler
{
    private readonly double[] ratios;

    public EulerSampler(NoiseSchedule schedule, int steps)
        : base(schedule, TimestepLayout.Single(schedule.Spacing ?? TimestepSpacing.Linspace, schedule, steps, whole: false))
    {
        ratios = [.. Timesteps.Select(timestep => schedule.LevelAt(timestep).WithSignal().Ratio), 0];
        InitialScale = schedule.Spacing == TimestepSpacing.Leading ? Math.Sqrt(1 + ratios[0] * ratios[0]) : ratios[0];
    }

    public override double InitialScale { get; }

    public override void AddNoise(int step, ReadOnlySpan<float> clean, ReadOnlySpan<float> noise, Span<float> noisy)
    {
        for (var i = 0; i < noisy.Length; i++)
            noisy[i] = (float)(clean[i] + ratios[step] * noise[i]);
    }

    public override void ScaleInput(int step, ReadOnlySpan<float> latents, Span<float> input)
    {
        var alpha = NoiseLevel.FromRatio(ratios[step]).Alpha;
        for (var i = 0; i < input.Length; i++)
            input[i] = (float)(latents[i] * alpha);
    }

    public override void Step(int step, ReadOnlySpan<float> output, Span<float> latents)
    {
        var level = NoiseLevel.FromRatio(ratios[step]);
        var advance = (ratios[step + 1] - ratios[step]) / ratios[step];
        for (var i = 0; i < latents.Length; i++)
        {
            var clean = Schedule.Clip(Schedule.CleanFrom(level, latents[i] * level.Alpha, output[i]));
            latents[i] = (float)(latents[i] + advance * (latents[i] - clean));
        }
    }
}
