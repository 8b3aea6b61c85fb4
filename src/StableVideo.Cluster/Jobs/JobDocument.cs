using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>
/// The persisted state of a job and every change that can happen to it, as plain code without grains. Changes that no longer apply
/// (of an old attempt, of a job that has ended) return <see langword="false"/> and change nothing.
/// </summary>
internal sealed class JobDocument
{
    private const int EventsKept = 256;

    /// <summary>Version of the shape of this document; fields are only ever added.</summary>
    public int Version { get; set; } = 1;

    public JobRequest? Request { get; set; }

    public JobState State { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset SubmittedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public long Sequence { get; set; }

    public List<StageEntry> Stages { get; set; } = [];

    public List<JobEvent> Events { get; set; } = [];

    public bool HasEnded => State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    public IEnumerable<StageEntry> Active => Stages.Where(stage => stage.IsActive);

    public StageEntry this[JobStage stage] => Stages.Single(entry => entry.Stage == stage);

    public void Submit(JobRequest request, DateTimeOffset now)
    {
        Request = request;
        SubmittedAt = now;
        Stages = [.. StageGraph.All.Select(kind => new StageEntry { Stage = JobMessages.ToStage(kind) })];
        Record(JobEventKind.Submitted, null, "The job was submitted.", now);
    }

    /// <summary>Queues every stage whose dependencies are complete, and returns them; ends the job when all stages are complete.</summary>
    public IReadOnlyList<StageEntry> Advance(DateTimeOffset now)
    {
        if (HasEnded)
            return [];
        if (Stages.TrueForAll(stage => stage.State == StageState.Completed))
        {
            End(JobState.Completed, JobEventKind.Completed, "All stages are complete.", now);
            return [];
        }

        var ready = Stages.Where(stage => stage.State == StageState.Pending && DependenciesOf(stage).All(IsComplete)).ToList();
        foreach (var stage in ready)
            Queue(stage, now);
        StartedAt ??= ready.Count > 0 ? now : null;
        Settle();
        return ready;
    }

    /// <summary>What <paramref name="stage"/> is to be told.</summary>
    public StageAssignment AssignmentOf(StageEntry stage) => new()
    {
        Stage = stage.Stage,
        Attempt = stage.Attempt,
        Request = Request!,
        Upstream = DependenciesOf(stage).ToDictionary(dependency => dependency, dependency => this[dependency].Outcome!),
    };

    /// <summary>Whether an attempt is the one under way.</summary>
    public bool IsCurrent(JobStage stage, int attempt) => !HasEnded && this[stage] is { IsActive: true } entry && entry.Attempt == attempt;

    public bool Started(JobStage stage, int attempt, string silo, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt) || this[stage].State == StageState.Running)
            return false;
        var entry = this[stage];
        (entry.State, entry.Silo, entry.StartedAt) = (StageState.Running, silo, now);
        Record(JobEventKind.StageStarted, stage, $"{stage} attempt {attempt} is computed on {silo}.", now);
        Settle();
        return true;
    }

    public bool Completed(JobStage stage, int attempt, StageOutcome outcome, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt))
            return false;
        var entry = this[stage];
        (entry.State, entry.Outcome, entry.EndedAt, entry.Error, entry.Losses) = (StageState.Completed, outcome, now, null, 0);
        Record(JobEventKind.StageCompleted, stage, outcome.Reused ? $"{stage} was found in the store." : $"{stage} is complete after {outcome.Seconds:0.0} s.", now);
        Settle();
        return true;
    }

    public bool Failed(JobStage stage, int attempt, string error, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt))
            return false;
        var entry = this[stage];
        (entry.State, entry.Error, entry.EndedAt) = (StageState.Failed, error, now);
        Record(JobEventKind.StageFailed, stage, error, now);
        Error = error;
        End(JobState.Failed, JobEventKind.Failed, error, now);
        return true;
    }

    /// <summary>Queues a lost stage again under a new attempt number, or fails the job when it was lost too often.</summary>
    public void Lost(StageEntry stage, string reason, int lossesAllowed, DateTimeOffset now)
    {
        stage.Losses++;
        Record(JobEventKind.StageLost, stage.Stage, reason, now);
        if (stage.Losses > lossesAllowed)
        {
            _ = Failed(stage.Stage, stage.Attempt, $"{stage.Stage} was lost {stage.Losses} times, the last time because {reason} It probably takes down the process that computes it, for example by running out of memory.", now);
            return;
        }

        Queue(stage, now);
        Settle();
    }

    public bool Cancel(DateTimeOffset now)
    {
        if (HasEnded)
            return false;
        End(JobState.Cancelled, JobEventKind.Cancelled, "The job was cancelled.", now);
        return true;
    }

    public bool Retry(DateTimeOffset now)
    {
        if (State is not (JobState.Failed or JobState.Cancelled))
            return false;
        foreach (var stage in Stages.Where(stage => stage.State != StageState.Completed))
            (stage.State, stage.Error, stage.EndedAt, stage.Losses) = (StageState.Pending, null, null, 0);
        (State, Error, EndedAt) = (JobState.Submitted, null, null);
        Record(JobEventKind.Retried, null, "The job was taken up again.", now);
        return true;
    }

    private static IEnumerable<JobStage> DependenciesOf(StageEntry stage) =>
        StageGraph.DependenciesOf(JobMessages.ToKind(stage.Stage)).Select(JobMessages.ToStage);

    private bool IsComplete(JobStage stage) => this[stage].State == StageState.Completed;

    private void Queue(StageEntry stage, DateTimeOffset now)
    {
        (stage.State, stage.Silo, stage.StartedAt, stage.EndedAt) = (StageState.Queued, null, null, null);
        stage.Attempt++;
        Record(JobEventKind.StageQueued, stage.Stage, $"{stage.Stage} attempt {stage.Attempt} was handed out.", now);
    }

    private void Settle()
    {
        if (HasEnded)
            return;
        State = Stages.Exists(stage => stage.State == StageState.Running) ? JobState.Running
            : Stages.Exists(stage => stage.State == StageState.Queued) ? JobState.Waiting
            : State;
    }

    private void End(JobState state, JobEventKind kind, string message, DateTimeOffset now)
    {
        foreach (var stage in Active)
            stage.State = StageState.Pending;
        (State, EndedAt) = (state, now);
        Record(kind, null, message, now);
    }

    private void Record(JobEventKind kind, JobStage? stage, string message, DateTimeOffset now)
    {
        Events.Add(new JobEvent { Sequence = ++Sequence, At = now, Kind = kind, Stage = stage, Message = message });
        if (Events.Count > EventsKept)
            Events.RemoveRange(0, Events.Count - EventsKept);
    }
}

/// <summary>The persisted state of one stage of a job.</summary>
internal sealed class StageEntry
{
    public JobStage Stage { get; set; }

    public StageState State { get; set; }

    public int Attempt { get; set; }

    /// <summary>How often it was lost since it was last retried by request.</summary>
    public int Losses { get; set; }

    public string? Silo { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public StageOutcome? Outcome { get; set; }

    internal bool IsActive => State is StageState.Queued or StageState.Running;
}
