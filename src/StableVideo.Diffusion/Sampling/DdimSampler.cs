namespace StableVideo.Diffusion;

/// <summary>DDIM with eta 0: Song et al. 2021, equation 12.</summary>
/// <remarks>Each step ends at the level of the next timestep in the list, so that spacings which do not divide the schedule stay consistent.</remarks>
internal sealed class DdimSampler(NoiseSchedule schedule, int steps)
    : Sampler(schedule, TimestepLayout.Single(schedule.Spacing ?? TimestepSpacing.Leading, schedule, steps, whole: true))
{
    public override void Step(int step, ReadOnlySpan<float> output, Span<float> latents)
    {
        var from = Schedule.LevelAt(Timesteps[step]);
        var to = step + 1 < Timesteps.Count
            ? Schedule.LevelAt(Timesteps[step + 1])
            : Schedule.DdimEndsClean ? NoiseLevel.Clean : Schedule.LevelAt(0);
        for (var i = 0; i < latents.Length; i++)
        {
            var clean = Schedule.CleanFrom(from, latents[i], output[i]);
            var noise = (latents[i] - from.Alpha * clean) / from.Sigma;
            latents[i] = (float)(to.Alpha * Schedule.Clip(clean) + to.Sigma * noise);
        }
    }

    private protected override (double Signal, double Noise) SharesAt(int step)
    {
        var level = Schedule.LevelAt(Timesteps[step]);
        return (level.Alpha, level.Sigma);
    }
}
