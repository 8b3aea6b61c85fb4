using System.Text.Json;

namespace StableVideo.Editing;

/// <summary>Everything a person may choose about an edit. Immutable; serialises with System.Text.Json (<see cref="EditJson.Options"/>).</summary>
/// <remarks>A prompt that is <see langword="null"/> leaves its layer as it was filmed. <see langword="null"/> numbers mean "what the model recommends".</remarks>
public sealed record EditSettings
{
    /// <summary>What the masked object becomes, e.g. "a red car"; <see langword="null"/> keeps the object.</summary>
    public string? ForegroundPrompt { get; init; }

    /// <summary>What the surroundings become, e.g. "snowy winter"; <see langword="null"/> keeps the surroundings.</summary>
    public string? BackgroundPrompt { get; init; }

    /// <summary>What to steer away from, in both layers.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Frame numbers (0-based) to edit, in the order in which they are edited; <see langword="null"/> chooses by atlas coverage.</summary>
    public IReadOnlyList<int>? Keyframes { get; init; }

    /// <summary>At most this many keyframes when they are chosen automatically, 1..16. Default 3.</summary>
    public int KeyframeCount { get; init; } = 3;

    /// <summary>Seed of all noise. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Denoising steps, 1..200.</summary>
    public int? Steps { get; init; }

    /// <summary>Classifier-free guidance scale, 0..50.</summary>
    public float? GuidanceScale { get; init; }

    /// <summary>How much of a propagated keyframe is redrawn, in (0,1]: 1 starts from pure noise.</summary>
    public float? Strength { get; init; }

    /// <summary>Weight of the structure guidance, 0..2. Default 1.</summary>
    public float ControlScale { get; init; } = 1;

    /// <summary>"embedded", a catalogue name, or the path of a model folder.</summary>
    public string Model { get; init; } = "embedded";

    /// <summary>Longest clip that is accepted, in frames, 1..10000. Default 600.</summary>
    public int MaxFrames { get; init; } = 600;

    /// <summary>Training steps of the aggregation network, 0..2000; 0 keeps the weighted median. Default 60.</summary>
    public int AggregationSteps { get; init; } = 60;

    /// <summary>
    /// How much of what the atlas can not hold (the frame minus its reconstruction: reflections, moving shadows, fine texture) is carried
    /// through the edit into the result, 0..1. 0 is the paper's composition. Default 1.
    /// </summary>
    public float DetailCarry { get; init; } = 1;

    /// <summary>
    /// Edits nothing and renders the clip back from its atlases, to look at the decomposition itself: both prompts are <see langword="null"/>.
    /// Default false.
    /// </summary>
    public bool ReconstructionOnly { get; init; }

    /// <summary>All rules broken by these settings, one sentence each; empty when they are valid.</summary>
    /// <remarks>Whether keyframes lie inside the clip is only known, and checked, by the probe stage.</remarks>
    public IReadOnlyList<string> Validate() => EditSettingsRules.Check(this);
}

/// <summary>The one way in which settings, results and reports are written as JSON.</summary>
public static class EditJson
{
    /// <summary>camelCase, indented, enums as names, non-finite numbers refused.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };
        options.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
