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

    /// <summary>Frames in which the object is marked; <see langword="null"/>: none are. Not together with <see cref="Mask"/>.</summary>
    [Id(7)]
    public IReadOnlyList<FrameMark>? Marks { get; init; }

    /// <summary>Name of the last stage that is run, such as <c>Decompose</c>; <see langword="null"/>: all are.</summary>
    [Id(8)]
    public string? Until { get; init; }
}

/// <summary>The object as it was marked in one frame.</summary>
/// <param name="Frame">0-based number.</param>
/// <param name="Mask">Artifact id of a picture of the clip's size; white is the object.</param>
[GenerateSerializer, Immutable, Alias("StableVideo.FrameMark")]
public sealed record FrameMark([property: Id(0)] int Frame, [property: Id(1)] string Mask);
