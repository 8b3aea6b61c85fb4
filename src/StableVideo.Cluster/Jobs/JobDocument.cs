using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>
/// The persisted state of a job and every change that can happen to it, as plain code without grains. Changes that no longer apply
/// (of an old attempt, of a job that has ended) return <see langword="false"/> and change nothing.
/// </summary>
internal sealed class JobDocument
{
    private const int EventsKept = 256;
    private static readonly TimeSpan ProgressEventPeriod = TimeSpan.FromSeconds(10);

    /// <summary>Version of the shape of this document; fields are only ever added.</summary>
    public int Version { get; set; } = 1;

    public JobRequest? Request { get; set; }

    public JobState State { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset SubmittedAt { get; set; }

    /// <summary>The W3C <c>traceparent</c> under which everything that happens to it is recorded.</summary>
    public string? Trace { get; set; }

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
        var last = JobMessages.ToInputs(request).Until;
        Stages = [.. StageGraph.All.Where(kind => last is null || kind <= last).Select(kind => new StageEntry { Stage = JobMessages.ToStage(kind) })];
        Record(JobEventKind.Submitted, null, "The job was submitted.", now);
    }

    /// <summary>Stages that can be queued now: their dependencies are complete, and a pause after a failure is over.</summary>
    public IEnumerable<StageEntry> Ready(DateTimeOffset now) => HasEnded
        ? []
        : Stages.Where(stage => stage.State == StageState.Pending && !(stage.NotBefore > now) && DependenciesOf(stage).All(IsComplete));

    /// <summary>Gives a stage that is <see cref="Ready"/> its next attempt number, under which it waits for a slot if it needs one.</summary>
    public void Queue(StageEntry stage, DateTimeOffset now)
    {
        (stage.State, stage.Silo, stage.SiloAddress, stage.StartedAt, stage.EndedAt, stage.NotBefore) = (StageState.Queued, null, null, null, null, null);
        stage.Attempt++;
        StartedAt ??= now;
        Record(JobEventKind.StageQueued, stage.Stage, $"{stage.Stage} attempt {stage.Attempt} was queued.", now);
        Settle();
    }

    /// <summary>Takes an earlier result for a stage that is <see cref="Ready"/>.</summary>
    public void Reuse(StageEntry stage, StageOutcome outcome, DateTimeOffset now)
    {
        StartedAt ??= now;
        Complete(stage, outcome, now);
    }

    /// <summary>Ends the job when all stages are complete.</summary>
    public bool EndIfComplete(DateTimeOffset now)
    {
        if (HasEnded || !Stages.TrueForAll(stage => stage.State == StageState.Completed))
            return false;
        End(JobState.Completed, JobEventKind.Completed, "All stages are complete.", now);
        return true;
    }

    /// <summary>What <paramref name="stage"/> is to be told.</summary>
    public StageAssignment AssignmentOf(StageEntry stage) => new()
    {
        Stage = stage.Stage,
        Attempt = stage.Attempt,
        Request = Request!,
        Upstream = UpstreamOf(stage),
        Trace = Trace,
        FormerTrace = stage.Trace,
    };

    /// <summary>What the scheduler is to be asked for <paramref name="stage"/> of the job with grain key <paramref name="key"/>.</summary>
    public SlotRequest RequestOf(StageEntry stage, string key)
    {
        var settings = JobMessages.ToInputs(Request!).Settings;
        return new SlotRequest
        {
            Ticket = new StageTicket(key, stage.Stage, stage.Attempt),
            Tenant = JobKey.Parse(key).Tenant,
            Priority = Request!.Priority,
            Need = StageNeeds.NeedOf(stage.Stage),
            Model = StageNeeds.ModelOf(stage.Stage, settings),
            Work = StageNeeds.WorkOf(stage.Stage, settings, this[JobStage.Probe].Outcome),
            SubmittedAt = SubmittedAt,
            Key = stage.Key,
        };
    }

    /// <summary>Outcomes of the stages that <paramref name="stage"/> depends on.</summary>
    public IReadOnlyDictionary<JobStage, StageOutcome> UpstreamOf(StageEntry stage) =>
        DependenciesOf(stage).ToDictionary(dependency => dependency, dependency => this[dependency].Outcome!);

    /// <summary>Whether an attempt is the one under way.</summary>
    public bool IsCurrent(JobStage stage, int attempt) => !HasEnded && this[stage] is { IsActive: true } entry && entry.Attempt == attempt;

    /// <summary>A stage was given a slot.</summary>
    public bool Leased(JobStage stage, int attempt, SlotOffer offer, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt) || this[stage].State == StageState.Running)
            return false;
        Run(this[stage], offer.Silo, offer.Address, now);
        Record(JobEventKind.StageLeased, stage, $"{stage} attempt {attempt} was given a slot on {offer.Silo} after {offer.WaitedSeconds:0.0} s.", now);
        return true;
    }

    /// <summary>A stage that needs no slot was begun.</summary>
    public bool Started(JobStage stage, int attempt, string silo, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt) || this[stage].State == StageState.Running)
            return false;
        Run(this[stage], silo, null, now);
        Record(JobEventKind.StageStarted, stage, $"{stage} attempt {attempt} is computed on {silo}.", now);
        return true;
    }

    /// <summary>A running stage came further; <see langword="true"/> when that is worth an event, at most one each ten seconds and stage.</summary>
    public bool Progressed(JobStage stage, int attempt, double fraction, string message, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt) || this[stage] is not { State: StageState.Running } entry)
            return false;
        if (now - (entry.LastProgress ?? entry.StartedAt) < ProgressEventPeriod)
            return false;
        entry.LastProgress = now;
        Record(JobEventKind.Progress, stage, $"{stage} is at {fraction:0 %}: {message}.", now);
        return true;
    }

    public bool Completed(JobStage stage, int attempt, StageOutcome outcome, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt))
            return false;
        Complete(this[stage], outcome, now);
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

    /// <summary>
    /// A stage failed in a way that another try may mend: it pauses, then becomes <see cref="Ready"/> again. After too many tries the job fails
    /// with the error of the last one.
    /// </summary>
    public bool FailedForNow(JobStage stage, int attempt, StageFailure failure, RetryRules rules, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt))
            return false;
        var entry = this[stage];
        // A store that does not answer says nothing about the job: it is waited for as long as it takes.
        var counts = failure.Kind != FailureKind.StoreUnavailable;
        entry.Failures += counts ? 1 : 0;
        if (counts && entry.Failures > rules.RetriesAllowed)
        {
            var tries = entry.Failures == 1 ? "" : $" It was tried {entry.Failures} times.";
            return Failed(stage, attempt, failure.Message + tries, now);
        }

        entry.Pauses++;
        Pause(entry, rules.PauseAfter(entry.Pauses), failure.Message, now);
        Record(JobEventKind.StageRetried, stage, $"{stage} attempt {attempt} failed and is tried again: {failure.Message}", now);
        Settle();
        return true;
    }

    /// <summary>A silo that stops gave a stage back: it is <see cref="Ready"/> again at once.</summary>
    public bool HandedBack(JobStage stage, int attempt, string reason, DateTimeOffset now)
    {
        if (!IsCurrent(stage, attempt))
            return false;
        this[stage].State = StageState.Pending;
        Record(JobEventKind.StageHandedBack, stage, $"{stage} attempt {attempt} was handed back: {reason}", now);
        Settle(idle: JobState.Waiting);
        return true;
    }

    /// <summary>Makes a lost stage <see cref="Ready"/> again, or fails the job when it was lost too often.</summary>
    public void Lost(StageEntry stage, string reason, int lossesAllowed, DateTimeOffset now)
    {
        stage.Losses++;
        Record(JobEventKind.StageLost, stage.Stage, $"{stage.Stage} attempt {stage.Attempt} was lost: {reason}", now);
        if (stage.Losses > lossesAllowed)
        {
            _ = Failed(stage.Stage, stage.Attempt, $"{stage.Stage} was lost {stage.Losses} times, the last time because {reason} It probably takes down the process that computes it, for example by running out of memory.", now);
            return;
        }

        stage.State = StageState.Pending;
        Settle(idle: JobState.Waiting);
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
            (stage.State, stage.Error, stage.EndedAt, stage.Losses, stage.Failures, stage.Pauses, stage.NotBefore) = (StageState.Pending, null, null, 0, 0, 0, null);
        (State, Error, EndedAt) = (JobState.Submitted, null, null);
        Record(JobEventKind.Retried, null, "The job was taken up again.", now);
        return true;
    }

    /// <summary>A complete stage whose result was deleted meanwhile is computed again.</summary>
    public static void Forget(StageEntry stage) => (stage.State, stage.Outcome) = (StageState.Pending, null);

    private static IEnumerable<JobStage> DependenciesOf(StageEntry stage) =>
        StageGraph.DependenciesOf(JobMessages.ToKind(stage.Stage)).Select(JobMessages.ToStage);

    private bool IsComplete(JobStage stage) => this[stage].State == StageState.Completed;

    private static void Pause(StageEntry entry, TimeSpan pause, string error, DateTimeOffset now) =>
        (entry.State, entry.Error, entry.NotBefore) = (StageState.Pending, error, now + pause);

    private void Run(StageEntry entry, string silo, string? address, DateTimeOffset now)
    {
        (entry.State, entry.Silo, entry.SiloAddress, entry.StartedAt, entry.LastProgress, entry.Error) = (StageState.Running, silo, address, now, null, null);
        Settle();
    }

    private void Complete(StageEntry entry, StageOutcome outcome, DateTimeOffset now)
    {
        (entry.State, entry.Outcome, entry.EndedAt, entry.Error, entry.NotBefore) = (StageState.Completed, outcome, now, null, null);
        (entry.Losses, entry.Failures, entry.Pauses) = (0, 0, 0);
        Record(JobEventKind.StageCompleted, entry.Stage, outcome.Reused ? $"{entry.Stage} was found in the store." : $"{entry.Stage} is complete after {outcome.Seconds:0.0} s.", now);
        Settle();
    }

    /// <summary>Derives the state of the job from its stages; between two stages it stays as it is unless <paramref name="idle"/> says otherwise.</summary>
    private void Settle(JobState? idle = null)
    {
        if (HasEnded)
            return;
        State = Stages.Exists(stage => stage.State == StageState.Running) ? JobState.Running
            : Stages.Exists(stage => stage.State == StageState.Queued || stage.NotBefore is not null) ? JobState.Waiting
            : idle ?? State;
    }

    private void End(JobState state, JobEventKind kind, string message, DateTimeOffset now)
    {
        foreach (var stage in Active)
            stage.State = StageState.Pending;
        (State, EndedAt) = (state, now);
        Record(kind, null, message, now);
        Events.RemoveAll(happened => happened.Kind == JobEventKind.Progress);
    }

    private void Record(JobEventKind kind, JobStage? stage, string message, DateTimeOffset now)
    {
        Events.Add(new JobEvent { Sequence = ++Sequence, At = now, Kind = kind, Stage = stage, Message = message });
        if (Events.Count <= EventsKept)
            return;
        var dispensable = Events.FindIndex(happened => happened.Kind == JobEventKind.Progress);
        Events.RemoveAt(Math.Max(0, dispensable));
    }
}
