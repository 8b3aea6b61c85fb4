namespace StableVideo.Diffusion;

/// <summary>Euler's method on the probability flow in noise-to-signal ratios: Karras et al. 2022, algorithm 2 without churn.</summary>
internal sealed class EulerSampler : Sampler
{
    private readonly double[] _ratios;

    public EulerSampler(NoiseSchedule schedule, int steps)
        : base(schedule, TimestepLayout.Single(schedule.Spacing ?? TimestepSpacing.Linspace, schedule, steps, whole: false))
    {
        _ratios = [.. Timesteps.Select(timestep => schedule.LevelAt(timestep).WithSignal().Ratio), 0];
        InitialScale = schedule.Spacing == TimestepSpacing.Leading ? Math.Sqrt(1 + _ratios[0] * _ratios[0]) : _ratios[0];
    }

    public override double InitialScale { get; }

    public override void ScaleInput(int step, ReadOnlySpan<float> latents, Span<float> input)
    {
        var alpha = NoiseLevel.FromRatio(_ratios[step]).Alpha;
        for (var i = 0; i < input.Length; i++)
            input[i] = (float)(latents[i] * alpha);
    }

    public override void Step(int step, ReadOnlySpan<float> output, Span<float> latents)
    {
        var level = NoiseLevel.FromRatio(_ratios[step]);
        var advance = (_ratios[step + 1] - _ratios[step]) / _ratios[step];
        for (var i = 0; i < latents.Length; i++)
        {
            var clean = Schedule.Clip(Schedule.CleanFrom(level, latents[i] * level.Alpha, output[i]));
            latents[i] = (float)(latents[i] + advance * (latents[i] - clean));
        }
    }

    private protected override (double Signal, double Noise) SharesAt(int step) => (1, _ratios[step]);
}
