namespace StableVideo.Diffusion;

/// <summary>One level of the variance-preserving process <c>x = Alpha * clean + Sigma * noise</c>, with <c>Alpha^2 + Sigma^2 = 1</c>.</summary>
/// <param name="Alpha">Share of the signal, 0..1.</param>
/// <param name="Sigma">Share of the noise, 0..1.</param>
public readonly record struct NoiseLevel(double Alpha, double Sigma)
{
    // 2^-24 as cumulative alpha: what multistep and Euler solvers use in place of a level without any signal, whose logarithm does not exist.
    private const double LeastAlpha = 1.0 / (1 << 12);

    /// <summary>The level without noise.</summary>
    public static NoiseLevel Clean { get; } = new(1, 0);

    /// <summary>Half the logarithm of the signal-to-noise ratio; infinite for <see cref="Clean"/>.</summary>
    public double Lambda => Math.Log(Alpha) - Math.Log(Sigma);

    /// <summary>Noise over signal, the level's name in variance-exploding solvers.</summary>
    public double Ratio => Sigma / Alpha;

    /// <summary>The level of a cumulative alpha.</summary>
    public static NoiseLevel FromCumulativeAlpha(double cumulative) => new(Math.Sqrt(cumulative), Math.Sqrt(1 - cumulative));

    /// <summary>The level of a noise-to-signal ratio.</summary>
    public static NoiseLevel FromRatio(double ratio)
    {
        var alpha = 1 / Math.Sqrt(1 + ratio * ratio);
        return new NoiseLevel(alpha, ratio * alpha);
    }

    /// <summary>This level, or the nearest one that still has a trace of signal.</summary>
    public NoiseLevel WithSignal() => Alpha >= LeastAlpha ? this : FromCumulativeAlpha(LeastAlpha * LeastAlpha);
}
