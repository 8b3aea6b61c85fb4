using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>A job: when it comes, what its stages cost, and how far it is.</summary>
internal sealed class SimulatedJob
{
    public const int Stages = 6;

    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required int Priority { get; init; }

    public required double SubmittedAt { get; init; }

    public required string Model { get; init; }

    /// <summary>Work of each stage as the scheduler is told.</summary>
    public required double[] Work { get; init; }

    /// <summary>Seconds each stage takes on a GPU silo, or on a CPU silo if it can not use a GPU, without loading the model.</summary>
    public required double[] Seconds { get; init; }

    public int[] Attempts { get; } = new int[Stages];

    public double[] EnqueuedAt { get; } = new double[Stages];

    public bool[] Complete { get; } = new bool[Stages];

    /// <summary>Seconds its stages have waited, in all.</summary>
    public double Waited { get; set; }

    public double CompletedAt { get; set; } = double.NaN;

    public bool IsComplete => Complete[(int)JobStage.Compose];

    public SlotRequest RequestFor(JobStage stage, DateTimeOffset start) => new()
    {
        Ticket = new StageTicket(Id, stage, Attempts[(int)stage]),
        Tenant = Tenant,
        Priority = Priority,
        Need = NeedOf(stage),
        Model = NeedOf(stage) == SlotNeed.Gpu ? Model : null,
        Work = Work[(int)stage],
        SubmittedAt = start.AddSeconds(SubmittedAt),
    };

    /// <summary>The stages that can start because <paramref name="stage"/> is complete.</summary>
    public IEnumerable<JobStage> After(JobStage stage) => stage switch
    {
        JobStage.Probe => [JobStage.Decompose],
        JobStage.Decompose => [JobStage.EditBackground, JobStage.EditForeground],
        JobStage.EditForeground => [JobStage.Aggregate],
        JobStage.EditBackground => Complete[(int)JobStage.Aggregate] ? [JobStage.Compose] : [],
        JobStage.Aggregate => Complete[(int)JobStage.EditBackground] ? [JobStage.Compose] : [],
        _ => [],
    };

    public static SlotNeed NeedOf(JobStage stage) => stage switch
    {
        JobStage.EditBackground or JobStage.EditForeground => SlotNeed.Gpu,
        JobStage.Compose => SlotNeed.Cpu,
        _ => SlotNeed.PreferGpu,
    };
}
