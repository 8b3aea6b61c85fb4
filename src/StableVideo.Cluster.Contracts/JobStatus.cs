namespace StableVideo.Cluster;

/// <summary>A snapshot of a job.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.JobStatus")]
public sealed record JobStatus
{
    /// <summary>The job's id.</summary>
    [Id(0)]
    public required string JobId { get; init; }

    /// <summary>Where the job stands.</summary>
    [Id(1)]
    public required JobState State { get; init; }

    /// <summary>Sequence number of the job's latest event; see <see cref="IVideoJobGrain.GetEvents"/>.</summary>
    [Id(2)]
    public long Sequence { get; init; }

    /// <summary>All stages, in the order of <see cref="JobStage"/>.</summary>
    [Id(3)]
    public required IReadOnlyList<StageStatus> Stages { get; init; }

    /// <summary>Why the job failed, in words for the person who asked; otherwise <see langword="null"/>.</summary>
    [Id(4)]
    public string? Error { get; init; }

    /// <summary>When the job was first submitted.</summary>
    [Id(5)]
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When its first stage was started.</summary>
    [Id(6)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it completed, failed or was cancelled.</summary>
    [Id(7)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What the job was asked to do.</summary>
    [Id(8)]
    public required JobRequest Request { get; init; }

    /// <summary>Whether the job is completed, failed or cancelled.</summary>
    public bool HasEnded => State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    /// <summary>The status of one stage.</summary>
    public StageStatus this[JobStage stage] => Stages.Single(status => status.Stage == stage);
}

/// <summary>A snapshot of one stage of a job.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.StageStatus")]
public sealed record StageStatus
{
    /// <summary>Which stage.</summary>
    [Id(0)]
    public required JobStage Stage { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)]
    public required StageState State { get; init; }

    /// <summary>How far it is, 0..1.</summary>
    [Id(2)]
    public double Fraction { get; init; }

    /// <summary>What it does now or waits for.</summary>
    [Id(3)]
    public string Message { get; init; } = "";

    /// <summary>How often it was started, 0 before the first time.</summary>
    [Id(4)]
    public int Attempt { get; init; }

    /// <summary>The silo that computes or computed it.</summary>
    [Id(5)]
    public string? Silo { get; init; }

    /// <summary>Why it failed.</summary>
    [Id(6)]
    public string? Error { get; init; }

    /// <summary>When its latest attempt was given a slot.</summary>
    [Id(7)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it completed or failed.</summary>
    [Id(8)]
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its result, once complete.</summary>
    [Id(9)]
    public StageOutcome? Outcome { get; init; }

    /// <summary>Pictures of what is done so far, while it runs; none before and after.</summary>
    [Id(10)]
    public IReadOnlyList<StagePreview> Previews { get; init; } = [];
}

/// <summary>A picture of what a running stage has done so far: a small JPEG in the tenant's store, which is collected some hours later.</summary>
/// <param name="Name">Which picture, such as <c>preview-keyframe-0012</c>; a newer one takes the place of an older one of the same name.</param>
/// <param name="Artifact">Its artifact id.</param>
[GenerateSerializer, Immutable, Alias("StableVideo.StagePreview")]
public sealed record StagePreview([property: Id(0)] string Name, [property: Id(1)] string Artifact);

/// <summary>What a complete stage left behind.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.StageOutcome")]
public sealed record StageOutcome
{
    /// <summary>Hash of everything that determines the result.</summary>
    [Id(0)]
    public required string Key { get; init; }

    /// <summary>Named outputs: artifact ids.</summary>
    [Id(1)]
    public required IReadOnlyDictionary<string, string> Artifacts { get; init; }

    /// <summary>Named figures.</summary>
    [Id(2)]
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Named facts that are not figures.</summary>
    [Id(3)]
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Remarks a person should read.</summary>
    [Id(4)]
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Wall-clock seconds of the computation that made the result, be it for this job or an earlier one.</summary>
    [Id(5)]
    public double Seconds { get; init; }

    /// <summary>Whether the result was found in the store, so that nothing was computed.</summary>
    [Id(6)]
    public bool Reused { get; init; }
}

/// <summary>What happened to a job, once.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.JobEvent")]
public sealed record JobEvent
{
    /// <summary>1, 2, 3, ... within the job.</summary>
    [Id(0)]
    public required long Sequence { get; init; }

    /// <summary>When.</summary>
    [Id(1)]
    public required DateTimeOffset At { get; init; }

    /// <summary>What, in one word.</summary>
    [Id(2)]
    public required JobEventKind Kind { get; init; }

    /// <summary>The stage it happened to, if any.</summary>
    [Id(3)]
    public JobStage? Stage { get; init; }

    /// <summary>What, in a sentence.</summary>
    [Id(4)]
    public string Message { get; init; } = "";
}

/// <summary>Kinds of <see cref="JobEvent"/>.</summary>
[GenerateSerializer, Alias("StableVideo.JobEventKind")]
public enum JobEventKind
{
    /// <summary>The job was submitted.</summary>
    Submitted = 0,

    /// <summary>A stage waits for a slot, or for its grain if it needs none.</summary>
    StageQueued = 1,

    /// <summary>A stage that needs no slot was begun.</summary>
    StageStarted = 2,

    /// <summary>A stage is complete.</summary>
    StageCompleted = 3,

    /// <summary>A stage ended with an error.</summary>
    StageFailed = 4,

    /// <summary>A stage was no longer heard of and is started anew.</summary>
    StageLost = 5,

    /// <summary>All stages are complete.</summary>
    Completed = 6,

    /// <summary>The job failed.</summary>
    Failed = 7,

    /// <summary>The job was cancelled.</summary>
    Cancelled = 8,

    /// <summary>A failed or cancelled job was taken up again.</summary>
    Retried = 9,

    /// <summary>A stage was given a slot on a silo.</summary>
    StageLeased = 10,

    /// <summary>A stage was given back by a silo that stops, and is started anew elsewhere.</summary>
    StageHandedBack = 11,

    /// <summary>A stage failed and is tried again later.</summary>
    StageRetried = 12,

    /// <summary>A stage came further. Dropped when the job ends.</summary>
    Progress = 13,
}
