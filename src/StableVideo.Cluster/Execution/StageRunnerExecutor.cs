using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Computes stages with the <see cref="StageRunner"/> of StableVideo.Editing.</summary>
/// <param name="store">Where inputs are read from and results are kept.</param>
/// <param name="models">Where image models are found.</param>
/// <param name="options">Budgets; <see langword="null"/> for the defaults.</param>
public sealed class StageRunnerExecutor(IArtifactStore store, ModelCatalogue models, StageRunnerOptions? options = null) : IStageExecutor, IDisposable
{
    private readonly StageRunner _runner = new(store, models, options);

    /// <inheritdoc/>
    public Task<StageResult?> FindAsync(
        StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        _runner.FindAsync(stage, inputs, upstream, cancellationToken);

    /// <inheritdoc/>
    public Task<StageResult> RunAsync(
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken) =>
        _runner.RunAsync(stage, inputs, upstream, progress, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();
}
