namespace StableVideo.Client;

/// <summary>What waits, and for what.</summary>
public sealed record Queue
{
    /// <summary>What waits, by need; needs nobody has are left out.</summary>
    public IReadOnlyList<QueuedNeed> Needs { get; init; } = [];

    /// <summary>The caller's own part.</summary>
    public required QueueShare Own { get; init; }

    /// <summary>The silos alive.</summary>
    public IReadOnlyList<Silo> Silos { get; init; } = [];
}

/// <summary>The queue of one kind of need.</summary>
/// <param name="Need">What is needed.</param>
/// <param name="Waiting">How many stages wait.</param>
/// <param name="OldestSeconds">How long the first of them has waited, in seconds.</param>
public sealed record QueuedNeed(string Need, int Waiting, double OldestSeconds);

/// <summary>One tenant's part of the queue.</summary>
/// <param name="Waiting">How many of its stages wait.</param>
/// <param name="Running">How many of its stages hold a slot.</param>
public sealed record QueueShare(int Waiting, int Running);

/// <summary>One silo.</summary>
public sealed record Silo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it can compute, such as <c>Cpu, Gpu</c>.</summary>
    public required string Roles { get; init; }

    /// <summary>How many heavy stages it computes at the same time.</summary>
    public int Slots { get; init; }

    /// <summary>How many of its slots are taken.</summary>
    public int Busy { get; init; }

    /// <summary>Image models that are loaded.</summary>
    public IReadOnlyList<string> WarmModels { get; init; } = [];

    /// <summary>Whether it takes no more work because it is about to stop.</summary>
    public bool Draining { get; init; }
}

/// <summary>An image model that jobs may name.</summary>
/// <param name="Name">Its name in <see cref="EditSettings.Model"/>.</param>
/// <param name="Silos">Silos that have it.</param>
/// <param name="Loaded">How many of them hold it in memory.</param>
public sealed record Model(string Name, IReadOnlyList<string> Silos, int Loaded);
