namespace StableVideo.Atlas;

/// <summary>Knobs of the decomposition; the defaults suit clips of a few seconds. All lengths are in pixels of the frame the solver works on.</summary>
public sealed record DecomposeOptions
{
    /// <summary>Solver frames are the clip's frames divided by this; 0 (default) chooses 1 for small clips, 2 up to about 960x540, more above.</summary>
    public int SolveDivisor { get; init; }

    /// <summary>Photometric refinement rounds (default 2).</summary>
    public int RefinementRounds { get; init; } = 2;

    /// <summary>Lengths of the foreground's long flow hops in frames (default 3, 6 and 12); empty for none.</summary>
    public IReadOnlyList<int> LongHops { get; init; } = [3, 6, 12];

    /// <summary>Lattice spacing of the foreground in solver pixels (default 16); it is solved at twice that first.</summary>
    public int ForegroundSpacing { get; init; } = 16;

    /// <summary>Lattice spacing of the background in solver pixels (default 48).</summary>
    public int BackgroundSpacing { get; init; } = 48;

    /// <summary>Bending weight of the foreground (default 0.5).</summary>
    public float ForegroundBending { get; init; } = 0.5f;

    /// <summary>Bending weight of the background (default 1).</summary>
    public float BackgroundBending { get; init; } = 1f;

    /// <summary>Membrane weight of both (default 0.02).</summary>
    public float Membrane { get; init; } = 0.02f;

    /// <summary>Weight of photometric targets against flow (default 6).</summary>
    public float PhotometricWeight { get; init; } = 6f;

    /// <summary>Conjugate gradient iterations per solve (default 120).</summary>
    public int Iterations { get; init; } = 120;

    /// <summary>Grey levels beyond which a frame's pixel counts as an outlier of its atlas (default 20).</summary>
    public float RobustScale { get; init; } = 20f;

    /// <summary>Back-projection passes of the final atlases (default 4).</summary>
    public int SharpeningPasses { get; init; } = 4;

    /// <summary>Longest side an atlas may have (default 2600).</summary>
    public int MaximumAtlasSide { get; init; } = 2600;

    /// <summary>Cells of the gain field's colour along the frame's width (default 16); its brightness is four times finer.</summary>
    public int GainColumns { get; init; } = 16;

    /// <summary>Most memory the decomposition may plan to use, in bytes (default 2 GB); a clip that needs more is refused.</summary>
    public long MemoryBudget { get; init; } = 2L << 30;
}
