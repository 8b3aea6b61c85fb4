namespace StableVideo.Storage;

/// <summary>Why something is kept.</summary>
public enum RetentionKind
{
    /// <summary>The clip or mask of a job.</summary>
    Input,

    /// <summary>The result of a stage, kept so that it need not be computed again.</summary>
    Intermediate,

    /// <summary>What a job was for.</summary>
    Result,

    /// <summary>The record of a job.</summary>
    JobRecord,

    /// <summary>Nothing names it: an upload that was not submitted yet, or what a killed process left.</summary>
    Unclaimed,
}
