using System.Collections.Concurrent;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Computes stages with the <see cref="StageRunner"/> of StableVideo.Editing, each tenant's in its own store; the models are shared.</summary>
/// <param name="stores">Where inputs are read from and results are kept.</param>
/// <param name="models">Where image models are found.</param>
/// <param name="options">Budgets; <see langword="null"/> for the defaults.</param>
public sealed class StageRunnerExecutor(ITenantStores stores, ModelCatalogue models, StageRunnerOptions? options = null) : IStageExecutor, IDisposable
{
    private readonly StageRunner _runner = new(stores.System, models, options);
    private readonly ConcurrentDictionary<string, StageRunner> _runners = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<string> WarmModels => _runner.LoadedModels;

    /// <inheritdoc/>
    public IReadOnlyList<string> Models { get; } = [.. models.Names()];

    /// <inheritdoc/>
    public Task<StageResult?> FindAsync(
        string tenant, StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        RunnerOf(tenant).FindAsync(stage, inputs, upstream, cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> KeyAsync(StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        await _runner.KeyAsync(stage, inputs, upstream, cancellationToken);

    /// <inheritdoc/>
    public Task<StageResult> RunAsync(
        string tenant,
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken) =>
        RunnerOf(tenant).RunAsync(stage, inputs, upstream, progress, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _runner.Dispose();

    private StageRunner RunnerOf(string tenant) => _runners.GetOrAdd(tenant, name => _runner.On(stores.For(name), cancellation => stores.RoomAsync(name, cancellation)));
}
