using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>When a cluster deletes what nobody needs any more; the section <c>Retention</c> of a silo's configuration.</summary>
public sealed class RetentionOptions
{
    /// <summary>How often the store is collected, by whichever silo is first. Zero: never. Default 6 h.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Inputs of a job, from its end. Default 30 days.</summary>
    public TimeSpan Inputs { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Results of stages, from their last use. Default 30 days; at least two hours.</summary>
    public TimeSpan Intermediates { get; set; } = TimeSpan.FromDays(30);

    /// <summary>What a job was for, from its end. Default 30 days.</summary>
    public TimeSpan Results { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Records of jobs, from their end. Default 90 days; at least as long as what the job used and made.</summary>
    public TimeSpan JobRecords { get; set; } = TimeSpan.FromDays(90);

    internal RetentionPolicy ToPolicy() => new() { Inputs = Inputs, Intermediates = Intermediates, Results = Results, JobRecords = JobRecords };
}
