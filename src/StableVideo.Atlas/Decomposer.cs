using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>Decomposes a clip into layered atlases by linear least squares.</summary>
public static class Decomposer
{
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
        var run = new DecompositionRun(frames, masks, options);
        while (!run.IsFinished)
            run.Advance(progress, cancellationToken);
        return run.Result;
    }
}
