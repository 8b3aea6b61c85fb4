namespace StableVideo.Client;

/// <summary>A job as it stands.</summary>
public sealed record Job
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public JobState State { get; init; }

    /// <summary>Number of its latest event.</summary>
    public long Sequence { get; init; }

    /// <summary>Why it failed, in words for the person who asked.</summary>
    public string? Error { get; init; }

    /// <summary>When it was first submitted.</summary>
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When its first stage was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it completed, failed or was cancelled.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What it was asked to do.</summary>
    public required JobSubmission Request { get; init; }

    /// <summary>All stages, in order.</summary>
    public IReadOnlyList<JobStage> Stages { get; init; } = [];

    /// <summary>Whether it is completed, failed or cancelled.</summary>
    public bool HasEnded => State is JobState.Completed or JobState.Failed or JobState.Cancelled;
}

/// <summary>One stage of a job.</summary>
public sealed record JobStage
{
    /// <summary>Its name: <c>Probe</c>, <c>Decompose</c>, <c>EditBackground</c>, <c>EditForeground</c>, <c>Aggregate</c> or <c>Compose</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Where it stands.</summary>
    public StageState State { get; init; }

    /// <summary>How far it is, 0..1.</summary>
    public double Fraction { get; init; }

    /// <summary>What it does now or waits for.</summary>
    public string Message { get; init; } = "";

    /// <summary>How often it was started.</summary>
    public int Attempt { get; init; }

    /// <summary>The silo that computes or computed it.</summary>
    public string? Silo { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>When its latest attempt was given a slot.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it completed or failed.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Hash of everything that determines its result, once complete.</summary>
    public string? Key { get; init; }

    /// <summary>Seconds of the computation that made the result, be it for this job or an earlier one; <see langword="null"/> until complete.</summary>
    public double? Seconds { get; init; }

    /// <summary>Whether the result was found in the store, so that nothing was computed.</summary>
    public bool Reused { get; init; }

    /// <summary>Ids of the artifacts it left behind, by name, once complete.</summary>
    public IReadOnlyDictionary<string, string> Artifacts { get; init; } = new Dictionary<string, string>();

    /// <summary>Figures, once complete.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Facts that are not figures, once complete.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Remarks a person should read.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Pictures of what is done so far, while the stage runs: names of artifacts of the job.</summary>
    public IReadOnlyList<string> Previews { get; init; } = [];
}

/// <summary>Where a job stands.</summary>
public enum JobState
{
    /// <summary>Accepted; no stage was started yet.</summary>
    Submitted = 0,

    /// <summary>At least one stage is being computed.</summary>
    Running = 1,

    /// <summary>Nothing is being computed: it waits for a free slot, or for a silo that can do its next stage.</summary>
    Waiting = 2,

    /// <summary>All stages are complete.</summary>
    Completed = 3,

    /// <summary>A stage failed; <see cref="Job.Error"/> says why. Can be retried.</summary>
    Failed = 4,

    /// <summary>Cancelled by request. Can be retried.</summary>
    Cancelled = 5,
}

/// <summary>Where a stage stands.</summary>
public enum StageState
{
    /// <summary>Stages it depends on are not complete yet.</summary>
    Pending = 0,

    /// <summary>Waits for a slot.</summary>
    Queued = 1,

    /// <summary>Being computed.</summary>
    Running = 2,

    /// <summary>Its result is there.</summary>
    Completed = 3,

    /// <summary>Ended with an error.</summary>
    Failed = 4,
}

/// <summary>What happened to a job, once.</summary>
public sealed record JobEvent
{
    /// <summary>1, 2, 3, ... within the job.</summary>
    public long Sequence { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What, in one word, such as <c>StageLeased</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The stage it happened to, if any.</summary>
    public string? Stage { get; init; }

    /// <summary>What, in a sentence.</summary>
    public string Message { get; init; } = "";
}

/// <summary>A file that a job left behind.</summary>
/// <param name="Name">Its name within the job, such as <c>video</c> or <c>keyframe-0012-after</c>.</param>
/// <param name="Stage">The stage that made it.</param>
/// <param name="ContentType">Its media type, such as <c>video/mp4</c>.</param>
/// <param name="ArtifactId">Hash of its bytes, which is also its strong entity tag.</param>
/// <param name="Href">Where to read it, relative to the server.</param>
public sealed record JobArtifact(string Name, string Stage, string ContentType, string ArtifactId, string Href);

/// <summary>A short form of a job, for lists.</summary>
public sealed record JobSummary
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public JobState State { get; init; }

    /// <summary>When it was first submitted.</summary>
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How far it is, 0..1.</summary>
    public double Fraction { get; init; }

    /// <summary>Id of the clip.</summary>
    public required string Video { get; init; }

    /// <summary>What the object becomes.</summary>
    public string? ForegroundPrompt { get; init; }

    /// <summary>What the surroundings become.</summary>
    public string? BackgroundPrompt { get; init; }

    /// <summary>The last stage it runs; <see langword="null"/>: all.</summary>
    public string? Until { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }
}

/// <summary>One page of a list.</summary>
/// <param name="Items">The elements, latest first.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; <see langword="null"/> on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Which jobs to list.</summary>
public sealed record JobFilter
{
    /// <summary>Only those that stand here.</summary>
    public JobState? State { get; init; }

    /// <summary>Only those of this clip.</summary>
    public string? Video { get; init; }

    /// <summary>At most so many, 1..200. Default 50.</summary>
    public int Limit { get; init; } = 50;

    /// <summary><see cref="Page{T}.Next"/> of the page before.</summary>
    public string? After { get; init; }
}
