namespace StableVideo.Atlas;

/// <summary>Knobs of the decomposition; the defaults suit clips of a few seconds. All lengths are in pixels of the frame the solver works on.</summary>
public sealed record DecomposeOptions
{
    /// <summary>Solver frames are the clip's frames divided by this, 1 or 2 (default 2: a third of the time for 0.7 dB).</summary>
    public int SolveDivisor { get; init; } = 2;

    /// <summary>Photometric refinement rounds (default 2).</summary>
    public int RefinementRounds { get; init; } = 2;

    /// <summary>Length of the long flow hop of the foreground in frames; 0 for none (default 6).</summary>
    public int LongHop { get; init; } = 6;

    /// <summary>Longest side an atlas may have (default 2600).</summary>
    public int MaximumAtlasSide { get; init; } = 2600;

    /// <summary>Cells of the gain field along the frame's width (default 16).</summary>
    public int GainColumns { get; init; } = 16;

    /// <summary>Most memory the decomposition may plan to use, in bytes (default 2 GB); a clip that needs more is refused.</summary>
    public long MemoryBudget { get; init; } = 2L << 30;
}
