using System.ComponentModel.DataAnnotations;

namespace StableVideo.Cluster;

/// <summary>What a silo computes and how a job watches over its stages.</summary>
public sealed class StageOptions
{
    /// <summary>The pool whose scheduler hands out this silo's slots. Default <see cref="ISchedulerGrain.DefaultPool"/>.</summary>
    [Required]
    public string Pool { get; set; } = ISchedulerGrain.DefaultPool;

    /// <summary>What this silo computes. Default: everything.</summary>
    public SiloRoles Roles { get; set; } = SiloRoles.Cpu | SiloRoles.Gpu;

    /// <summary>
    /// How many heavy stages (all but the probe) this silo computes at the same time, 1..64. Each uses all cores by itself, so 1, the default,
    /// suits a machine that computes on its processor.
    /// </summary>
    [Range(1, 64)]
    public int Slots { get; set; } = 1;

    /// <summary>How often a stage tells its job about news. Default 250 ms.</summary>
    public TimeSpan ProgressPeriod { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often a stage tells its job, and a silo its scheduler, that it is alive when there is no news. Default 2 s.</summary>
    public TimeSpan HeartbeatPeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// After this long without a sign of life a stage is asked for one; if it is not at work, it counts as lost and is started anew. A silo that is
    /// silent for as long loses its slots. Default 15 s.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often one stage of a job may be lost before the job fails, 1..100. Default 5.</summary>
    [Range(1, 100)]
    public int LossesAllowed { get; set; } = 5;

    /// <summary>How often a stage that failed for no fault of the job's is tried again before the job fails, 0..100. Default 3.</summary>
    [Range(0, 100)]
    public int RetriesAllowed { get; set; } = 3;

    /// <summary>The pause before the first retry; it doubles with each. Default 1 s.</summary>
    public TimeSpan FirstRetryPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause before a retry. Default 30 s.</summary>
    public TimeSpan LongestRetryPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether jobs wait, as long as it takes, for a store that is away or full; otherwise they fail and say what is wrong with it. Default: yes.</summary>
    public bool WaitsForStore { get; set; } = true;

    /// <summary>How long a silo that stops waits for its stages to be handed back. Must be below the host's shutdown time. Default 20 s.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether unfinished jobs in the store are taken up when the cluster starts, without being asked for. Default: yes.</summary>
    public bool ResumeJobs { get; set; } = true;

    internal RetryRules Retries => new(RetriesAllowed, FirstRetryPause, LongestRetryPause);
}
