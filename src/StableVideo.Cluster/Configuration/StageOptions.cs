using System.ComponentModel.DataAnnotations;

namespace StableVideo.Cluster;

/// <summary>How a silo computes stages and how a job watches over them.</summary>
public sealed class StageOptions
{
    /// <summary>
    /// How many heavy stages (all but the probe) one silo computes at the same time, 1..64. Each uses all cores by itself, so 1, the default,
    /// suits a machine that computes on its processor.
    /// </summary>
    [Range(1, 64)]
    public int HeavySlots { get; set; } = 1;

    /// <summary>How often a stage tells its job about news. Default 250 ms.</summary>
    public TimeSpan ProgressPeriod { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a stage tells its job that it is alive when there is no news. Default 2 s.</summary>
    public TimeSpan HeartbeatPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After this long without a sign of life a stage is asked for one; if it is not at work, it counts as lost and is started anew. Default 15 s.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often one stage of a job may be lost before the job fails, 1..100. Default 5.</summary>
    [Range(1, 100)]
    public int LossesAllowed { get; set; } = 5;
}
