namespace StableVideo.Diffusion;

/// <summary>How the steps of a sampler are laid over the training timesteps (Lin et al. 2023, table 2).</summary>
public enum TimestepSpacing
{
    /// <summary>Multiples of <c>T / steps</c> counted from 0, plus the schedule's offset; never reaches the last timestep.</summary>
    Leading,

    /// <summary>Multiples of <c>T / steps</c> counted down from the last timestep.</summary>
    Trailing,

    /// <summary>Evenly from the first to the last timestep.</summary>
    Linspace,
}
