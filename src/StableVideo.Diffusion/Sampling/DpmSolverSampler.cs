namespace StableVideo.Diffusion;

/// <summary>DPM-Solver++(2M), midpoint form: Lu et al. 2022, algorithm 2.</summary>
internal sealed class DpmSolverSampler(NoiseSchedule schedule, int steps) : MultistepSampler(schedule, steps)
{
    // Below this many steps the last one is of first order, which is more stable.
    private const int FewSteps = 15;

    protected override void Advance(int step, Span<float> latents)
    {
        var (from, to) = (Level(step), Level(step + 1));
        var length = to.Lambda - from.Lambda;
        var keep = to.Sigma / from.Sigma;
        var gain = -to.Alpha * double.ExpM1(-length);
        var last = step + 1 == Timesteps.Count;
        if (StepsDone == 0 || (last && (Timesteps.Count < FewSteps || Schedule.MultistepEndsClean)))
        {
            for (var i = 0; i < latents.Length; i++)
                latents[i] = (float)(keep * latents[i] + gain * Clean[i]);
            return;
        }

        var ratio = (from.Lambda - Level(step - 1).Lambda) / length;
        for (var i = 0; i < latents.Length; i++)
        {
            var slope = (Clean[i] - PreviousClean[i]) / ratio;
            latents[i] = (float)(keep * latents[i] + gain * (Clean[i] + 0.5 * slope));
        }
    }
}
