namespace StableVideo.Cluster;

/// <summary>A stage that wants a slot.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.SlotRequest")]
public sealed record SlotRequest
{
    /// <summary>Who asks.</summary>
    [Id(0)]
    public required StageTicket Ticket { get; init; }

    /// <summary>Whose job it is.</summary>
    [Id(1)]
    public required string Tenant { get; init; }

    /// <summary>The job's priority among those of its tenant, -10..10; higher goes first.</summary>
    [Id(2)]
    public int Priority { get; init; }

    /// <summary>Which silos can compute it.</summary>
    [Id(3)]
    public required SlotNeed Need { get; init; }

    /// <summary>The image model it loads, or <see langword="null"/> when it needs none.</summary>
    [Id(4)]
    public string? Model { get; init; }

    /// <summary>How much work it is, in a unit of its stage's own (frames times megapixels, keyframes times steps); above zero.</summary>
    [Id(5)]
    public double Work { get; init; } = 1;

    /// <summary>
    /// When the job was submitted or retried: its stages are ranked by that, so that jobs under way are finished before later ones are begun.
    /// <see langword="null"/>: by the time of this request.
    /// </summary>
    [Id(6)]
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>
    /// Hash of everything that determines its result: of stages of a tenant with the same key one is computed, and the others take its result.
    /// <see langword="null"/>: nothing is known of that.
    /// </summary>
    [Id(7)]
    public string? Key { get; init; }
}

/// <summary>Which silos can compute a stage.</summary>
[GenerateSerializer, Alias("StableVideo.SlotNeed")]
public enum SlotNeed
{
    /// <summary>GPU silos only.</summary>
    Gpu = 0,

    /// <summary>A GPU silo if one has a free slot, otherwise a CPU silo.</summary>
    PreferGpu = 1,

    /// <summary>CPU silos only.</summary>
    Cpu = 2,
}

/// <summary>What a silo can compute.</summary>
[GenerateSerializer, Alias("StableVideo.SiloRoles")]
[Flags]
public enum SiloRoles
{
    /// <summary>Nothing heavy.</summary>
    None = 0,

    /// <summary>Stages that do not need a GPU.</summary>
    Cpu = 1,

    /// <summary>Stages that need or prefer a GPU.</summary>
    Gpu = 2,
}
