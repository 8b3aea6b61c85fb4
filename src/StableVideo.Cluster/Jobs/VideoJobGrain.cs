using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StableVideo.Cluster;

/// <summary>Takes one job through its stages; see <see cref="JobDocument"/> for what can happen to it.</summary>
[GrainType("videojob")]
internal sealed partial class VideoJobGrain(
    [PersistentState("state", ArtifactGrainStorage.Name)] IPersistentState<JobDocument> state,
    IOptions<StageOptions> options,
    ClusterInstruments instruments,
    TimeProvider clock,
    ILogger<VideoJobGrain> logger) : Grain, IVideoJobGrain, IStageReports
{
    private readonly Dictionary<JobStage, StageWatch> _watches = [];
    private readonly StageOptions _options = options.Value;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobStatus? _status;
    private IGrainTimer? _timer;

    private JobDocument Document => state.State;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (Document.Request is null)
            return Task.CompletedTask;
        if (!Document.HasEnded)
            KeepWatch();
        Publish();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _changed.TrySetResult();
        return Task.CompletedTask;
    }

    public async Task<JobStatus> Submit(JobRequest request)
    {
        if (!JobId.IsValid(Id))
            throw new JobRejectedException([$"'{Id}' is not a job id. Use 1 to 128 ASCII letters, digits, '.', '_' or '-', starting with a letter or digit."]);
        var inputs = JobMessages.ToInputs(request);
        if (Document.Request is { } present)
        {
            var differences = JobMessages.Differences(JobMessages.ToInputs(present), inputs);
            return differences.Count == 0 ? Status() : throw new JobConflictException(Id, differences);
        }

        Document.Submit(JobMessages.ToRequest(inputs), Now());
        await AdvanceAsync();
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

    public async Task<JobStatus> Cancel()
    {
        _ = Status();
        var active = Document.Active.ToList();
        if (!Document.Cancel(Now()))
            return Status();
        await CommitAsync();
        instruments.JobEnded(JobState.Cancelled);
        await StopAsync(active);
        return Status();
    }

    public async Task<JobStatus> Retry()
    {
        _ = Status();
        if (Document.Retry(Now()))
            await AdvanceAsync();
        return Status();
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
            DeactivateOnIdle();
            throw;
        }

        if (Document.HasEnded)
        {
            _timer?.Dispose();
            _timer = null;
            _watches.Clear();
        }

        Publish();
    }

    private void Publish()
    {
        _status = new JobStatus
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
        };
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
            Message = watch?.Message ?? "",
            Attempt = stage.Attempt,
            Silo = stage.Silo,
            Error = stage.Error,
            StartedAt = stage.StartedAt,
            EndedAt = stage.EndedAt,
            Outcome = stage.Outcome,
        };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId}: its state could not be written")]
    private static partial void LogWriteFailed(ILogger logger, Exception exception, string jobId);
}
