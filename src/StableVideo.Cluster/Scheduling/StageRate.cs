namespace StableVideo.Cluster;

/// <summary>How fast a stage goes with a model.</summary>
internal sealed record StageRate
{
    /// <summary>The stage.</summary>
    public JobStage Stage { get; init; }

    /// <summary>The image model; <see langword="null"/>: the stage whatever the model.</summary>
    public string? Model { get; init; }

    /// <summary>Seconds per unit of work, above zero.</summary>
    public double Seconds { get; init; }

    /// <summary>How many stages it was learned from, at least 1.</summary>
    public int Samples { get; init; }
}

/// <summary>What <see cref="StageTimes"/> has learned, to be kept.</summary>
internal sealed record StageTimesState
{
    /// <summary>Version of the shape of this document; fields are only ever added.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What is known, in the order of stages and models.</summary>
    public IReadOnlyList<StageRate> Rates { get; init; } = [];
}
