using StableVideo.Atlas.Building;
using StableVideo.Atlas.Masks;
using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>Decomposes a clip into layered atlases by linear least squares.</summary>
public static class Decomposer
{
    private const int LeastFrames = 2;
    private const int LeastSide = 32;

    /// <summary>Solves for both layers' UV mappings, atlases, alpha and gain. The same input gives the same bytes on any number of threads.</summary>
    /// <param name="frames">The clip.</param>
    /// <param name="masks">[H, W, 1] 0..255, white = foreground: one per frame; or a single one for frame 0, which is tracked; or null to segment by motion.</param>
    /// <param name="options">Knobs; null for the defaults.</param>
    /// <param name="progress">Receives 0..1.</param>
    /// <param name="cancellationToken">Checked between frames and solver iterations.</param>
    /// <exception cref="AtlasException">Masks do not fit the clip, the moving object could not be found, or the clip needs more memory than the budget.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Decomposition Decompose(
        IReadOnlyFrameSequence frames,
        IReadOnlyList<Raster<byte>>? masks,
        DecomposeOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(frames);
        options ??= new DecomposeOptions();
        CheckClip(frames);
        if (masks is not null)
            ClipMasks.Check(masks, frames);
        var divisor = MemoryPlan.Divisor(frames, options);
        StageProgress Stage(double from, double to) => new(progress, from, to, cancellationToken);

        var clip = SolveClip.Load(frames, divisor, Stage(0, 0.05));
        var flows = PairFlow.OfNeighbours(clip, Stage(0.05, 0.2));
        var clipMasks = FindMasks(masks, clip, flows, Stage(0.2, 0.3));
        var background = BackgroundSolve.Start(clip, flows, clipMasks.Solve, options, Stage(0.3, 0.35));
        var foreground = ForegroundSolve.Start(clip, flows, clipMasks.Solve, options, Stage(0.35, 0.5));
        var alpha = clipMasks.Solve;
        for (var round = 0; round < options.RefinementRounds; round++)
        {
            var share = 0.2 / options.RefinementRounds;
            var outcome = new PhotometricRound(clip, options).Run(
                foreground.Map, background.Map, clipMasks.Solve, alpha, Stage(0.5 + (share * round), 0.5 + (share * (round + 1))));
            alpha = outcome.Alpha;
            background.Refine(outcome.Background, options, cancellationToken);
            foreground.Refine(outcome.Foreground, options, cancellationToken);
        }

        var decomposition = new FinalAtlases(frames, options).Build(foreground.Map, background.Map, clipMasks, alpha, Stage(0.7, 0.95));
        return decomposition.WithMetrics(MetricsMeter.Measure(decomposition, frames, clip, flows, Stage(0.95, 1)));
    }

    private static ClipMasks FindMasks(IReadOnlyList<Raster<byte>>? masks, SolveClip clip, PairFlow[] flows, StageProgress progress)
    {
        if (masks is null)
            return ClipMasks.FromSolve(MotionMasks.Find(clip, flows, progress));
        return masks.Count == clip.Count
            ? ClipMasks.FromGiven(masks, clip)
            : ClipMasks.FromSolve(TrackedMask.Track(masks[0], clip, flows, progress));
    }

    private static void CheckClip(IReadOnlyFrameSequence frames)
    {
        if (frames.Count < LeastFrames)
            throw new AtlasException($"The clip has {frames.Count} frame; a decomposition needs at least {LeastFrames}.");
        if (frames.Width < LeastSide || frames.Height < LeastSide)
            throw new AtlasException($"The clip is {frames.Width}x{frames.Height}; frames must be at least {LeastSide}x{LeastSide}.");
    }
}
