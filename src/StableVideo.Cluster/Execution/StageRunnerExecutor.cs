using System.Text.Json;
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
    public Task<string> KeyAsync(
        StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        _runner.KeyAsync(stage, inputs, upstream, cancellationToken);

    /// <inheritdoc/>
    public async Task<StageResult?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (await store.ReadDocumentAsync($"stages/{key}", cancellationToken) is not { } document)
            return null;
        var result = JsonSerializer.Deserialize<StageResult>(document.Content.Span, EditJson.Options);
        foreach (var artifact in result?.Artifacts.Values ?? [])
        {
            if (!await store.ExistsAsync(artifact, cancellationToken))
                return null;
        }

        return result;
    }

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
