namespace StableVideo.Cluster;

/// <summary>What a job is to do: artifacts that lie in the store already, and settings. Pixels never travel in messages.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.JobRequest")]
public sealed record JobRequest
{
    /// <summary>Artifact id of the clip.</summary>
    [Id(0)]
    public required string Video { get; init; }

    /// <summary>Artifact id of the mask, if there is one.</summary>
    [Id(1)]
    public string? Mask { get; init; }

    /// <summary><c>None</c>, <c>FirstFrame</c> or <c>EveryFrame</c>: how <see cref="Mask"/> is to be read.</summary>
    [Id(2)]
    public string MaskKind { get; init; } = "None";

    /// <summary>The edit settings, a JSON object. Checked when the job is submitted.</summary>
    [Id(3)]
    public required string Settings { get; init; }

    /// <summary>Priority among the jobs of the tenant, -10..10; higher goes first.</summary>
    [Id(4)]
    public int Priority { get; init; }

    /// <summary>Artifact id of a mask of the background atlas' size, if there is one: where it is white, the background stays as it was filmed.</summary>
    [Id(5)]
    public string? ProtectBackground { get; init; }

    /// <summary>Artifact id of a mask of the foreground atlas' size, if there is one: where it is white, the object stays as it was filmed.</summary>
    [Id(6)]
    public string? ProtectForeground { get; init; }
}
