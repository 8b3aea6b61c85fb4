namespace StableVideo.Diffusion;

/// <summary>The training timesteps a sampler visits, highest first, exactly as diffusers lays them.</summary>
internal static class TimestepLayout
{
    /// <summary>DDIM and Euler: <paramref name="steps"/> timesteps.</summary>
    /// <param name="spacing">How they are laid.</param>
    /// <param name="schedule">The model's schedule.</param>
    /// <param name="steps">How many.</param>
    /// <param name="whole">Whether evenly laid timesteps are rounded to whole ones.</param>
    public static double[] Single(TimestepSpacing spacing, NoiseSchedule schedule, int steps, bool whole)
    {
        var total = schedule.TrainingSteps;
        return spacing switch
        {
            TimestepSpacing.Leading => Descending(steps, i => i * (total / steps) + schedule.StepsOffset),
            TimestepSpacing.Trailing => Trailing(total, steps),
            _ => Descending(steps, i => whole ? Round(Between(i, steps, total)) : Between(i, steps, total)),
        };
    }

    /// <summary>Multistep solvers: evenly laid timesteps leave out the lowest, which the last step ends at.</summary>
    public static double[] Multistep(TimestepSpacing spacing, NoiseSchedule schedule, int steps)
    {
        var total = schedule.TrainingSteps;
        return spacing switch
        {
            TimestepSpacing.Leading => Descending(steps, i => (i + 1) * (total / (steps + 1)) + schedule.StepsOffset),
            TimestepSpacing.Trailing => Trailing(total, steps),
            _ => Descending(steps, i => Round(Between(i + 1, steps + 1, total))),
        };
    }

    private static double[] Trailing(int total, int steps)
    {
        var timesteps = new double[steps];
        for (var i = 0; i < steps; i++)
            timesteps[i] = Round(total - i * ((double)total / steps)) - 1;
        return timesteps;
    }

    private static double Between(int index, int count, int total) => count == 1 ? 0 : index * ((total - 1.0) / (count - 1));

    // Halves go to the even neighbour, as in the reference.
    private static double Round(double value) => Math.Round(value, MidpointRounding.ToEven);

    private static double[] Descending(int steps, Func<int, double> timestep)
    {
        var timesteps = new double[steps];
        for (var i = 0; i < steps; i++)
            timesteps[steps - 1 - i] = timestep(i);
        return timesteps;
    }
}
