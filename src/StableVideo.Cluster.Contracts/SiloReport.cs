namespace StableVideo.Cluster;

/// <summary>What a silo tells the scheduler of its pool, every few seconds and whenever something changed.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.SiloReport")]
public sealed record SiloReport
{
    /// <summary>The silo's name, unique among those alive. A restarted process may carry the name of its predecessor.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>The address of this very process; a restarted one has another.</summary>
    [Id(1)]
    public required string Address { get; init; }

    /// <summary>What it can compute.</summary>
    [Id(2)]
    public required SiloRoles Roles { get; init; }

    /// <summary>How many heavy stages it computes at the same time.</summary>
    [Id(3)]
    public required int Slots { get; init; }

    /// <summary>Attempts under way that hold a slot.</summary>
    [Id(4)]
    public IReadOnlyList<StageTicket> Running { get; init; } = [];

    /// <summary>Image models that are loaded.</summary>
    [Id(5)]
    public IReadOnlyList<string> WarmModels { get; init; } = [];

    /// <summary>Whether it takes no more work because it is about to stop.</summary>
    [Id(6)]
    public bool Draining { get; init; }

    /// <summary>Image models it has, loaded or not.</summary>
    [Id(7)]
    public IReadOnlyList<string> Models { get; init; } = [];
}
