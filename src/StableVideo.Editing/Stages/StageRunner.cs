using StableVideo.Atlas;
using StableVideo.Diffusion;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Runs the stages of edits on one store, looking results up before computing them. Safe for concurrent use.</summary>
/// <remarks>
/// A stage's result lies in the document <c>stages/{key}</c>; finished keyframes of an unfinished foreground edit lie in
/// <c>keyframes/{key}</c>, so an edit that was killed continues behind its last finished keyframe; a decomposition's last finished step lies in
/// <c>checkpoints/{key}</c> until its result is there. Artifacts of a result that was returned are safe from
/// collection for an hour: name them in a document within that time. A stage computes on the thread that starts it
/// and, between its waits, on that thread's synchronisation context: whoever calls decides which threads are kept busy.
/// </remarks>
/// <param name="store">Where inputs are read from and results are kept.</param>
/// <param name="models">Where image models are found by name.</param>
/// <param name="options">Budgets; <see langword="null"/> for the defaults.</param>
/// <param name="clock">Measures the stages' seconds and the age of results; <see langword="null"/> for the system's.</param>
public sealed class StageRunner(IArtifactStore store, ModelCatalogue models, StageRunnerOptions? options = null, TimeProvider? clock = null) : IDisposable
{
    private const int MostComputations = 2;
    private readonly IArtifactStore _store = store;
    private readonly ResultDocuments _results = new(store, clock ?? TimeProvider.System);
    private readonly OpenModels _models = new(models, options?.ImageModels);
    private readonly bool _sharesModels;
    private readonly Func<CancellationToken, Task<long?>>? _room;
    private readonly StageRunnerOptions _options = options ?? new StageRunnerOptions();
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    private StageRunner(IArtifactStore store, StageRunner other, ModelCatalogue models, Func<CancellationToken, Task<long?>>? room)
        : this(store, models, other._options, other._clock) => (_models, _sharesModels, _room) = (other._models, true, room);

    /// <summary>Image models that are open, by the names they were asked for.</summary>
    public IReadOnlyList<string> LoadedModels => _models.Loaded;

    /// <summary>A runner on another store that uses the same open models, which stay open when it is disposed.</summary>
    /// <param name="otherStore">The store.</param>
    /// <param name="room">
    /// Tells how many more bytes it takes, <see langword="null"/> for any number: where there is little, checkpoints are done without.
    /// </param>
    public StageRunner On(IArtifactStore otherStore, Func<CancellationToken, Task<long?>>? room = null) => new(otherStore, this, models, room);

    /// <summary>The hash of everything that determines the result of a stage: 64 lower-case hex digits.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="upstream">Results of at least <see cref="StageGraph.DependenciesOf"/> the stage.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="EditException">An upstream result is missing.</exception>
    /// <exception cref="ModelException">The model is missing or can not be used.</exception>
    public Task<string> KeyAsync(
        StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(upstream);
        return Task.Run(
            () =>
            {
                // A model's digest is a hash over all of its files: worth a thread of its own the first time.
                var facts = StageKeys.UsesModel(stage, inputs.Settings) ? _models.Open(inputs.Settings.Model).Facts : null;
                return StageKeys.Compute(stage, inputs, upstream, facts);
            },
            cancellationToken);
    }

    /// <summary>The result of a stage: looked up when it is in the store, computed and stored otherwise.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="upstream">Results of at least <see cref="StageGraph.DependenciesOf"/> the stage.</param>
    /// <param name="progress">Told how far the stage is; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Stops between frames, steps or keyframes; what was checkpointed stays.</param>
    /// <exception cref="EditException">The job can not be done as asked.</exception>
    /// <exception cref="MediaException">The clip or mask can not be read.</exception>
    /// <exception cref="AtlasException">The clip can not be decomposed.</exception>
    /// <exception cref="ModelException">The model is missing or can not be used.</exception>
    public async Task<StageResult> RunAsync(
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(upstream);
        if (inputs.Settings.Validate() is { Count: > 0 } errors)
            throw new EditException(string.Join('\n', errors));
        var key = await KeyAsync(stage, inputs, upstream, cancellationToken);
        var result = await FindAsync(key, cancellationToken);
        if (result is null)
        {
            var context = new StageContext(_store, _results, _models, _options, key, _room, inputs, upstream, progress, _clock, cancellationToken);
            try
            {
                result = await ComputeAndKeepAsync(stage, key, context);
            }
            catch (MediaException exception)
            {
                throw new MediaException(context.InWords(exception.Message), exception);
            }
        }

        await CheckAsync(stage, inputs, result, cancellationToken);
        progress?.Report(new StageProgress(1, "done"));
        return result;
    }

    /// <summary>The stored result of a stage, or <see langword="null"/> when it has to be computed.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="upstream">Results of at least <see cref="StageGraph.DependenciesOf"/> the stage.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="EditException">The job can not be done as asked.</exception>
    /// <exception cref="ModelException">The model is missing or can not be used.</exception>
    public async Task<StageResult?> FindAsync(
        StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken = default)
    {
        var result = await FindAsync(await KeyAsync(stage, inputs, upstream, cancellationToken), cancellationToken);
        if (result is not null)
            await CheckAsync(stage, inputs, result, cancellationToken);
        return result;
    }

    /// <summary>Closes the image models that were opened.</summary>
    public void Dispose()
    {
        if (!_sharesModels)
            _models.Dispose();
    }

    /// <summary>What of a job can be checked against a result without being part of it, so that another job finds the same result.</summary>
    private async Task CheckAsync(StageKind stage, JobInputs inputs, StageResult result, CancellationToken cancellationToken)
    {
        if (stage == StageKind.Probe)
            ProbeStage.CheckKeyframes(inputs.Settings, result);
        // On a thread of its own, because it decodes pictures: whoever looks a result up is not to be kept busy.
        else if (stage == StageKind.Decompose && (inputs.ProtectBackground ?? inputs.ProtectForeground) is not null)
            await Task.Run(() => ProtectMasks.CheckAsync(inputs, result, _store, cancellationToken), cancellationToken);
    }

    private Task<StageResult?> FindAsync(string key, CancellationToken cancellationToken) =>
        _results.FindAsync<StageResult>($"stages/{key}", result => result.Artifacts.Values, cancellationToken);

    /// <summary>Computes until all artifacts are there at the end: a stage may last longer than the first of them are kept while no result names them.</summary>
    private async Task<StageResult> ComputeAndKeepAsync(StageKind stage, string key, StageContext context)
    {
        for (var computation = 1; computation <= MostComputations; computation++)
        {
            var result = await ComputeAsync(stage, key, context);
            if ((await _store.TouchAllAsync(result.Artifacts.Values, context.Cancellation)).Count > 0)
                continue;
            await _results.WriteAsync($"stages/{key}", result, context.Cancellation);
            if (stage == StageKind.Decompose)
                await new StageCheckpoints(context, DecompositionRun.Format).DropAsync();
            return result;
        }

        throw new EditException($"Artifacts of {stage} are deleted from the store while it runs. Keep what was used within the last hours, then run it again.");
    }

    private async Task<StageResult> ComputeAsync(StageKind stage, string key, StageContext context)
    {
        var started = _clock.GetTimestamp();
        var output = await (stage switch
        {
            StageKind.Probe => ProbeStage.RunAsync(context),
            StageKind.Decompose => DecomposeStage.RunAsync(context),
            StageKind.EditBackground => EditBackgroundStage.RunAsync(context),
            StageKind.EditForeground => EditForegroundStage.RunAsync(context),
            StageKind.Aggregate => AggregateStage.RunAsync(context),
            StageKind.Compose => ComposeStage.RunAsync(context),
            _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "There is no such stage."),
        });
        var seconds = Math.Round(_clock.GetElapsedTime(started).TotalSeconds, 3);
        return new StageResult(key, output.Artifacts, output.Metrics, seconds) { Facts = output.Facts, Notes = output.Notes };
    }
}

/// <summary>Budgets of a <see cref="StageRunner"/>.</summary>
public sealed record StageRunnerOptions
{
    /// <summary>Most memory that decoded frames may take while a clip is decomposed, in bytes. Default 1.5 GiB.</summary>
    public long FrameMemory { get; init; } = 1536L << 20;

    /// <summary>
    /// Whether stages that paint report pictures of what they have done so far, to whoever asks for progress: each finished keyframe, and of what is being
    /// denoised at most one a second, for at most 4 % of the time. Results are the same. Default: yes.
    /// </summary>
    public bool Previews { get; init; } = true;

    /// <summary>Where image models run; <see langword="null"/> for the defaults.</summary>
    public ImageModelOptions? ImageModels { get; init; }
}
