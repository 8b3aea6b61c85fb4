using StableVideo.Diffusion;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Runs the stages of edits on one store, looking results up before computing them. Safe for concurrent use.</summary>
/// <remarks>
/// A stage's result lies in the document <c>stages/{key}</c>; finished keyframes of an unfinished foreground edit lie in
/// <c>keyframes/{key}</c>, so an edit that was killed continues behind its last finished keyframe. Work is done on thread pool threads.
/// </remarks>
/// <param name="store">Where inputs are read from and results are kept.</param>
/// <param name="models">Where image models are found by name.</param>
/// <param name="options">Budgets; <see langword="null"/> for the defaults.</param>
/// <param name="clock">Measures the stages' seconds; <see langword="null"/> for the system's.</param>
public sealed class StageRunner(IArtifactStore store, ModelCatalogue models, StageRunnerOptions? options = null, TimeProvider? clock = null) : IDisposable
{
    private readonly IArtifactStore _store = store;
    private readonly ModelCatalogue _models = models;
    private readonly StageRunnerOptions _options = options ?? new StageRunnerOptions();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>The hash of everything that determines the result of a stage: 64 lower-case hex digits.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="upstream">Results of at least <see cref="StageGraph.DependenciesOf"/> the stage.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="EditException">An upstream result is missing.</exception>
    public Task<string> KeyAsync(
        StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{stage} {_store} {_models} {_options} {_clock}");

    /// <summary>The result of a stage: looked up when it is in the store, computed and stored otherwise.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="upstream">Results of at least <see cref="StageGraph.DependenciesOf"/> the stage.</param>
    /// <param name="progress">Told how far the stage is; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops between frames, steps or keyframes; what was checkpointed stays.</param>
    /// <exception cref="EditException">The job can not be done as asked.</exception>
    /// <exception cref="Imaging.MediaException">The clip or mask can not be read.</exception>
    public Task<StageResult> RunAsync(
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{stage}");

    /// <summary>Closes the image models that were opened.</summary>
    public void Dispose()
    {
    }
}

/// <summary>Budgets of a <see cref="StageRunner"/>.</summary>
public sealed record StageRunnerOptions
{
    /// <summary>Most memory that decoded frames may take while a clip is decomposed, in bytes. Default 1.5 GiB.</summary>
    public long FrameMemory { get; init; } = 1536L << 20;
}
