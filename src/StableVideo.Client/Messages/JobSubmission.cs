namespace StableVideo.Client;

/// <summary>What a job is to do.</summary>
public sealed record JobSubmission
{
    /// <summary>Id of the clip.</summary>
    public required string Video { get; init; }

    /// <summary>Id of the mask; <see langword="null"/>: the object is found by its motion.</summary>
    public string? Mask { get; init; }

    /// <summary>How the mask is to be read. Default: by what it is, an image for frame 0 and a video for every frame.</summary>
    public MaskKind? MaskKind { get; init; }

    /// <summary>Id of a mask of the background atlas' size: where it is white, the background stays as it was filmed.</summary>
    public string? ProtectBackground { get; init; }

    /// <summary>Id of a mask of the foreground atlas' size: where it is white, the object stays as it was filmed.</summary>
    public string? ProtectForeground { get; init; }

    /// <summary>Frames in which the object is marked, at most 64; it is tracked from there, both ways. Not together with <see cref="Mask"/>.</summary>
    public IReadOnlyList<FrameMark>? Marks { get; init; }

    /// <summary>
    /// The last stage that is run; <see langword="null"/>: all are. <c>Decompose</c> tracks the object and solves for the layers, which a later edit of the same
    /// clip with the same mask or marks takes over.
    /// </summary>
    public string? Until { get; init; }

    /// <summary>The edit.</summary>
    public EditSettings Settings { get; init; } = new();

    /// <summary>Priority among the tenant's own jobs, -10..10; higher goes first. Default 0.</summary>
    public int Priority { get; init; }
}

/// <summary>The object as it was marked in one frame.</summary>
/// <param name="Frame">0-based number.</param>
/// <param name="Mask">Id of an uploaded picture of the clip's size; white is the object.</param>
public sealed record FrameMark(int Frame, string Mask);

/// <summary>How a mask is to be read.</summary>
public enum MaskKind
{
    /// <summary>There is none: the object is found by its motion.</summary>
    None = 0,

    /// <summary>One mask for frame 0, tracked through the clip.</summary>
    FirstFrame = 1,

    /// <summary>One mask per frame.</summary>
    EveryFrame = 2,
}

/// <summary>What may be chosen about an edit. What is <see langword="null"/> is left to the server, which takes what the paper or the model recommends.</summary>
public sealed record EditSettings
{
    /// <summary>What the masked object becomes, e.g. "a red car"; <see langword="null"/> keeps the object.</summary>
    public string? ForegroundPrompt { get; init; }

    /// <summary>What the surroundings become, e.g. "snowy winter"; <see langword="null"/> keeps the surroundings.</summary>
    public string? BackgroundPrompt { get; init; }

    /// <summary>What to steer away from, in both layers.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Frame numbers (0-based) to edit, in the order in which they are edited; <see langword="null"/> chooses by atlas coverage.</summary>
    public IReadOnlyList<int>? Keyframes { get; init; }

    /// <summary>At most this many keyframes when they are chosen automatically, 1..16. Default 3.</summary>
    public int? KeyframeCount { get; init; }

    /// <summary>Seed of all noise. Default 1.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Denoising steps, 1..200.</summary>
    public int? Steps { get; init; }

    /// <summary>Classifier-free guidance scale, 0..50.</summary>
    public float? GuidanceScale { get; init; }

    /// <summary>How much of a propagated keyframe is redrawn, in (0,1]: 1 starts from pure noise.</summary>
    public float? Strength { get; init; }

    /// <summary>Weight of the structure guidance, 0..2. Default 1.</summary>
    public float? ControlScale { get; init; }

    /// <summary>"embedded", or the name of a model that the server has. Default "embedded".</summary>
    public string? Model { get; init; }

    /// <summary>Longest clip that is accepted, in frames, 1..10000. Default 600.</summary>
    public int? MaxFrames { get; init; }

    /// <summary>Training steps of the aggregation network, 0..2000; 0 keeps the weighted median. Default 60.</summary>
    public int? AggregationSteps { get; init; }

    /// <summary>How much of what the atlas can not hold is carried through the edit into the result, 0..1. 0 is the paper's composition. Default 1.</summary>
    public float? DetailCarry { get; init; }

    /// <summary>Edits nothing and renders the clip back from its atlases. Both prompts are <see langword="null"/>. Default false.</summary>
    public bool? ReconstructionOnly { get; init; }
}
