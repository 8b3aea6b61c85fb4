using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Takes one job through its stages; see <see cref="JobDocument"/> for what can happen to it.</summary>
[GrainType("videojob")]
internal sealed partial class VideoJobGrain(
    [PersistentState("state", ArtifactGrainStorage.Name)] IPersistentState<JobDocument> state,
    IStageExecutor executor,
    ITenantStores stores,
    ActiveJobs activeJobs,
    JobIndexWriter index,
    StoreTroubles troubles,
    IOptions<StageOptions> options,
    ClusterInstruments instruments,
    TimeProvider clock,
    ILogger<VideoJobGrain> logger) : Grain, IVideoJobGrain, IStageReports
{
    private readonly Dictionary<JobStage, StageWatch> _watches = [];
    private readonly StageOptions _options = options.Value;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobStatus? _status;
    private int _watchers;
    private bool _isListed;

    private JobDocument Document => state.State;

    private string Id => this.GetPrimaryKeyString();

    private JobKey Key => JobKey.Parse(Id);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (Document.Request is null)
            return Task.CompletedTask;
        Publish();
        if (!Document.HasEnded)
            LookAfterStagesNow();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _changed.TrySetResult();
        return Task.CompletedTask;
    }

    public async Task<JobStatus> Submit(JobRequest request)
    {
        if (Key.Validate() is { Count: > 0 } errors)
            throw new JobRejectedException(errors);
        var inputs = JobMessages.ToInputs(request);
        if (Document.Request is { } present)
        {
            var differences = JobMessages.Differences(JobMessages.ToInputs(present), inputs);
            if (differences.Count > 0)
                throw new JobConflictException(Id, differences);
            await ListAsync();
            return Status();
        }

        await Scheduler.Admit();
        await activeJobs.AddAsync(Id);
        // Used, then named: a collection that runs now leaves them. One that is missing is reported by the probe.
        _ = await stores.For(Key.Tenant).TouchAllAsync(inputs.Artifacts);
        Document.Submit(JobMessages.ToRequest(inputs) with { Priority = request.Priority }, Now());
        Document.Trace = JobTrace.Begin(Key);
        await CommitAsync();
        instruments.JobSubmitted();
        LookAfterStagesNow();
        await ListAsync();
        return Status();
    }

    public Task<JobStatus> GetStatus() => Task.FromResult(Status());

    public Task<IReadOnlyList<JobEvent>> GetEvents(long after)
    {
        _ = Status();
        return Task.FromResult<IReadOnlyList<JobEvent>>([.. Document.Events.Where(happened => happened.Sequence > after)]);
    }

    public async IAsyncEnumerable<JobStatus> Watch([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        _watchers++;
        try
        {
            while (true)
            {
                var changed = _changed.Task;
                var status = Status();
                yield return status;
                if (status.HasEnded || changed.IsCompleted)
                    yield break;
                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            _watchers--;
        }
    }

    public async Task<JobStatus> Cancel()
    {
        _ = Status();
        var active = Document.Active.ToList();
        if (!Document.Cancel(Now()))
            return Status();
        await CommitAsync();
        await StopAsync(active);
        return Status();
    }

    public async Task<JobStatus> Retry()
    {
        if (!Status().HasEnded || Document.State == JobState.Completed)
            return Status();
        await activeJobs.AddAsync(Id);
        // All that can fail comes before the first change: what was not written must not be seen.
        var gone = new List<StageEntry>();
        foreach (var stage in Document.Stages.Where(stage => stage.Outcome is not null))
        {
            if ((await stores.For(Key.Tenant).TouchAllAsync(stage.Outcome!.Artifacts.Values.Select(ArtifactId.Parse))).Count > 0)
                gone.Add(stage);
        }

        _ = Document.Retry(Now());
        gone.ForEach(JobDocument.Forget);
        await CommitAsync();
        LookAfterStagesNow();
        _isListed = false;
        await ListAsync();
        return Status();
    }

    public async Task Resume()
    {
        if (Document.Request is not null)
            await ListAsync();
        if (Document.Request is null || Document.HasEnded)
        {
            await activeJobs.RemoveAsync(Id);
            return;
        }

        // A new scheduler does not know who holds its slots.
        await Task.WhenAll(Document.Active.Where(stage => stage.State == StageState.Running).Select(HoldAsync));
        LookAfterStagesNow();
    }

    /// <summary>
    /// Lists the job among those of its tenant, in its present state. A job that was not listed, or not as ended, because its silo died is still listed as
    /// active, and so is resumed, and listed then.
    /// </summary>
    private async Task ListAsync()
    {
        if (_isListed)
            return;
        await index.WriteAsync(Key, Document);
        _isListed = true;
    }

    private DateTimeOffset Now() => clock.GetUtcNow();

    private JobStatus Status() => _status ?? throw new JobNotFoundException(Id);

    /// <summary>Persists the document, then shows it. If it can not be written, the activation ends and the next one starts from what was written last.</summary>
    private async Task CommitAsync()
    {
        try
        {
            await state.WriteStateAsync();
        }
        catch (Exception exception)
        {
            LogWriteFailed(logger, exception, Id);
            var words = (exception.InnerException as StoreUnavailableException)?.Message ?? exception.Message;
            if (!_options.WaitsForStore)
                ShowFailure(words);
            else if (exception.InnerException is StoreUnavailableException)
                troubles.Note(Id, words);
            DeactivateOnIdle();
            throw;
        }

        troubles.Clear(Id);
        Publish();
        if (Document.HasEnded)
            await EndAsync();
    }

    private async Task EndAsync()
    {
        StopLookingAfterStages();
        instruments.JobEnded(Document.State, Document.EndedAt!.Value - Document.SubmittedAt);
        JobTrace.End(Key, Document);
        try
        {
            _isListed = false;
            await ListAsync();
            await activeJobs.RemoveAsync(Id);
        }
        catch (Exception exception)
        {
            // It is removed when somebody tries to resume the job.
            LogIndexFailed(logger, exception, Id);
        }
    }

    /// <summary>Shows watchers why the job does not go on, though that can not be written: what is in the store continues when it is submitted again.</summary>
    private void ShowFailure(string error)
    {
        Publish();
        Show(_status! with { State = JobState.Failed, Error = error });
    }

    private void Publish()
    {
        Show(new JobStatus
        {
            JobId = Id,
            State = Document.State,
            Sequence = Document.Sequence,
            Stages = [.. Document.Stages.Select(Snapshot)],
            Error = Document.Error,
            SubmittedAt = Document.SubmittedAt,
            StartedAt = Document.StartedAt,
            EndedAt = Document.EndedAt,
            Request = Document.Request!,
        });
    }

    private void Show(JobStatus status)
    {
        _status = status;
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.TrySetResult();
    }

    private StageStatus Snapshot(StageEntry stage)
    {
        var watch = stage.IsActive ? _watches.GetValueOrDefault(stage.Stage) : null;
        return new StageStatus
        {
            Stage = stage.Stage,
            State = stage.State,
            Fraction = stage.State == StageState.Completed ? 1 : watch?.Fraction ?? 0,
            Message = stage.IsActive && troubles.Of(Id) is { } trouble ? $"waiting for the store: {trouble}" : watch?.Message ?? PauseOf(stage),
            Attempt = stage.Attempt,
            Silo = stage.Silo,
            Error = stage.Error,
            StartedAt = stage.StartedAt,
            EndedAt = stage.EndedAt,
            Outcome = stage.Outcome,
            Previews = watch?.Previews ?? [],
        };
    }

    private static string PauseOf(StageEntry stage) =>
        stage is { State: StageState.Pending, NotBefore: { } until } ? $"tried again at {until:HH:mm:ss}: {stage.Error}" : "";

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: it has ended but is still listed as active")]
    private static partial void LogIndexFailed(ILogger logger, Exception exception, string jobId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId}: its state could not be written")]
    private static partial void LogWriteFailed(ILogger logger, Exception exception, string jobId);
}
