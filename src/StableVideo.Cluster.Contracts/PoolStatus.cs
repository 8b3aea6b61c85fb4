namespace StableVideo.Cluster;

/// <summary>A snapshot of a pool: what waits, and for what.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.PoolStatus")]
public sealed record PoolStatus
{
    /// <summary>What waits, by need; needs nobody has are left out.</summary>
    [Id(0)]
    public required IReadOnlyList<PoolQueue> Queues { get; init; }

    /// <summary>Tenants that wait or compute.</summary>
    [Id(1)]
    public required IReadOnlyList<PoolTenant> Tenants { get; init; }

    /// <summary>The silos alive.</summary>
    [Id(2)]
    public required IReadOnlyList<PoolSilo> Silos { get; init; }
}

/// <summary>The queue of one kind of need.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.PoolQueue")]
public sealed record PoolQueue
{
    /// <summary>What is needed.</summary>
    [Id(0)]
    public required SlotNeed Need { get; init; }

    /// <summary>How many stages wait.</summary>
    [Id(1)]
    public required int Waiting { get; init; }

    /// <summary>How long the first of them has waited, in seconds.</summary>
    [Id(2)]
    public required double OldestSeconds { get; init; }
}

/// <summary>One tenant's part of a pool.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.PoolTenant")]
public sealed record PoolTenant
{
    /// <summary>The tenant.</summary>
    [Id(0)]
    public required string Tenant { get; init; }

    /// <summary>How many of its stages wait.</summary>
    [Id(1)]
    public required int Waiting { get; init; }

    /// <summary>How many of its stages hold a slot.</summary>
    [Id(2)]
    public required int Running { get; init; }

    /// <summary>How long the first of those that wait has waited, in seconds.</summary>
    [Id(3)]
    public double OldestSeconds { get; init; }
}

/// <summary>One silo of a pool.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.PoolSilo")]
public sealed record PoolSilo
{
    /// <summary>Its name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>What it can compute.</summary>
    [Id(1)]
    public required SiloRoles Roles { get; init; }

    /// <summary>How many heavy stages it computes at the same time.</summary>
    [Id(2)]
    public required int Slots { get; init; }

    /// <summary>How many of its slots are taken.</summary>
    [Id(3)]
    public required int Busy { get; init; }

    /// <summary>Image models that are loaded.</summary>
    [Id(4)]
    public IReadOnlyList<string> WarmModels { get; init; } = [];

    /// <summary>Whether it takes no more work because it is about to stop.</summary>
    [Id(5)]
    public bool Draining { get; init; }

    /// <summary>Image models it has, loaded or not.</summary>
    [Id(6)]
    public IReadOnlyList<string> Models { get; init; } = [];
}
