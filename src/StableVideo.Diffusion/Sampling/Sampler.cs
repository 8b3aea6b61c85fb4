namespace StableVideo.Diffusion;

/// <summary>A solver of the reverse diffusion: turns start noise into clean latents by one network call a step.</summary>
/// <remarks>
/// Holds the history of one picture: create one for each. A loop starts with <c>InitialScale * noise</c> at step 0, or with <see cref="AddNoise"/> at
/// <see cref="FirstStep"/>, and then for each step calls <see cref="ScaleInput"/>, the network and <see cref="Step"/>.
/// </remarks>
public abstract class Sampler
{
    private protected Sampler(NoiseSchedule schedule, double[] timesteps)
    {
        Schedule = schedule;
        Timesteps = timesteps;
    }

    /// <summary>Training timesteps of the steps, highest first; Euler's may be fractional.</summary>
    public IReadOnlyList<double> Timesteps { get; }

    /// <summary>Factor of standard normal noise at step 0.</summary>
    public virtual double InitialScale => 1;

    /// <summary>The model's schedule.</summary>
    protected NoiseSchedule Schedule { get; }

    /// <summary>Creates a solver.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="schedule">The model's schedule.</param>
    /// <param name="steps">Number of steps, 1..T.</param>
    public static Sampler Create(SamplerKind kind, NoiseSchedule schedule, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, schedule.TrainingSteps);
        return kind switch
        {
            SamplerKind.Ddim => new DdimSampler(schedule, steps),
            SamplerKind.DpmSolver => new DpmSolverSampler(schedule, steps),
            SamplerKind.Euler => new EulerSampler(schedule, steps),
            SamplerKind.UniPc => new UniPcSampler(schedule, steps),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such sampler."),
        };
    }

    /// <summary>The first step of an image-to-image pass, <c>steps - floor(steps * strength)</c>; equals the number of steps where nothing is left to do.</summary>
    /// <param name="steps">Steps of the whole schedule.</param>
    /// <param name="strength">0 (keep the picture) to 1 (start from noise).</param>
    public static int FirstStep(int steps, float strength)
    {
        // A strength given in decimals must not fall below its step by the rounding of a float.
        const double Tolerance = 1e-5;
        return Math.Max(0, steps - (int)Math.Floor(steps * (double)strength + Tolerance));
    }

    /// <summary>Noises clean latents to the level of a step.</summary>
    public void AddNoise(int step, ReadOnlySpan<float> clean, ReadOnlySpan<float> noise, Span<float> noisy)
    {
        var (signalShare, noiseShare) = SharesAt(step);
        for (var i = 0; i < noisy.Length; i++)
            noisy[i] = (float)(signalShare * clean[i] + noiseShare * noise[i]);
    }

    /// <summary>What the network shall see of the latents at a step.</summary>
    public virtual void ScaleInput(int step, ReadOnlySpan<float> latents, Span<float> input) => latents.CopyTo(input);

    /// <summary>Replaces the latents of a step by those of the next one; after the last step they are clean.</summary>
    /// <param name="step">Index of the step.</param>
    /// <param name="output">The network's output for the scaled latents, after classifier-free guidance.</param>
    /// <param name="latents">In: the latents of this step. Out: those of the next.</param>
    public abstract void Step(int step, ReadOnlySpan<float> output, Span<float> latents);

    /// <summary>The clean latents that the network believes in at a step; to be asked before <see cref="Step"/>, which it does not influence.</summary>
    /// <param name="step">Index of the step.</param>
    /// <param name="output">The network's output for the scaled latents, after classifier-free guidance.</param>
    /// <param name="latents">The latents of this step.</param>
    /// <param name="clean">Overwritten.</param>
    public void EstimateClean(int step, ReadOnlySpan<float> output, ReadOnlySpan<float> latents, Span<float> clean)
    {
        var (signalShare, noiseShare) = SharesAt(step);
        var size = Math.Sqrt((signalShare * signalShare) + (noiseShare * noiseShare));
        var level = new NoiseLevel(signalShare / size, noiseShare / size);
        for (var i = 0; i < clean.Length; i++)
            clean[i] = (float)Schedule.Clip(Schedule.CleanFrom(level, latents[i] / size, output[i]));
    }

    /// <summary>How much of signal and noise the latents of a step hold.</summary>
    private protected abstract (double Signal, double Noise) SharesAt(int step);
}
