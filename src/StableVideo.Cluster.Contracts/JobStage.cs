namespace StableVideo.Cluster;

/// <summary>The stages of a job, in an order in which they may run one after another.</summary>
[GenerateSerializer, Alias("StableVideo.JobStage")]
public enum JobStage
{
    /// <summary>Looks at the clip and its mask before anything is decoded at length.</summary>
    Probe = 0,

    /// <summary>Video to atlases, UV mappings and alpha.</summary>
    Decompose = 1,

    /// <summary>Text edit of the background atlas.</summary>
    EditBackground = 2,

    /// <summary>Text edit of the foreground keyframes.</summary>
    EditForeground = 3,

    /// <summary>Edited keyframes to one foreground atlas.</summary>
    Aggregate = 4,

    /// <summary>Edited atlases back to frames, encoded.</summary>
    Compose = 5,
}

/// <summary>Where one stage of a job stands.</summary>
[GenerateSerializer, Alias("StableVideo.StageState")]
public enum StageState
{
    /// <summary>Stages it depends on are not complete yet.</summary>
    Pending = 0,

    /// <summary>Waits for a slot, or for its grain if it needs none.</summary>
    Queued = 1,

    /// <summary>Being computed.</summary>
    Running = 2,

    /// <summary>Its result is in the store.</summary>
    Completed = 3,

    /// <summary>Ended with an error.</summary>
    Failed = 4,
}

/// <summary>Where a job stands.</summary>
[GenerateSerializer, Alias("StableVideo.JobState")]
public enum JobState
{
    /// <summary>Accepted; no stage was started yet.</summary>
    Submitted = 0,

    /// <summary>At least one stage is being computed.</summary>
    Running = 1,

    /// <summary>Nothing is being computed: the job waits for a free slot or for a silo that can do its next stage.</summary>
    Waiting = 2,

    /// <summary>All stages are complete.</summary>
    Completed = 3,

    /// <summary>A stage failed; <see cref="JobStatus.Error"/> says why. Can be retried.</summary>
    Failed = 4,

    /// <summary>Cancelled by request. Can be retried.</summary>
    Cancelled = 5,
}
