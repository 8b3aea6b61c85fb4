namespace StableVideo.Cluster;

/// <summary>The persisted state of one stage of a job.</summary>
internal sealed class StageEntry
{
    public JobStage Stage { get; set; }

    public StageState State { get; set; }

    public int Attempt { get; set; }

    /// <summary>How often it was lost since it was last retried by request.</summary>
    public int Losses { get; set; }

    /// <summary>How often it failed in a way that another try may mend, since it was last retried by request.</summary>
    public int Failures { get; set; }

    /// <summary>How often it paused, failures of the store included; pauses grow with it.</summary>
    public int Pauses { get; set; }

    /// <summary>Until when it pauses after a failure.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Hash of everything that determines its result, if known.</summary>
    public string? Key { get; set; }

    public string? Silo { get; set; }

    /// <summary>Address of the process that holds its slot.</summary>
    public string? SiloAddress { get; set; }

    public string? Error { get; set; }

    /// <summary>The W3C <c>traceparent</c> of its last attempt.</summary>
    public string? Trace { get; set; }

    /// <summary>When its last attempt was last heard of, if that was lost and no other has begun.</summary>
    public DateTimeOffset? LostAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When its progress last became an event.</summary>
    public DateTimeOffset? LastProgress { get; set; }

    public StageOutcome? Outcome { get; set; }

    internal bool IsActive => State is StageState.Queued or StageState.Running;
}
