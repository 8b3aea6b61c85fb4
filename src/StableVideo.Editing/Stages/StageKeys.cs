using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Keys of stage results: SHA-256 over one line per fact that determines the result, and over nothing else.</summary>
/// <remarks>
/// Upstream stages enter by the artifacts that are read, not by their keys: a stage that came to the same bytes by another way does not run its followers again.
/// Raise a version when the code of a stage changes what it makes, be it an addition: who reads a result may rely on all that its version makes. A clip whose
/// decomposition is made again for an addition comes to the same decomposition, by which the stages behind it are found.
/// </remarks>
internal static class StageKeys
{
    private static int VersionOf(StageKind stage) => stage switch
    {
        StageKind.Probe => 1,
        StageKind.Decompose => 2,
        StageKind.EditBackground => 3,
        StageKind.EditForeground => 3,
        StageKind.Aggregate => 2,
        StageKind.Compose => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    /// <summary>The model's part in a key: its content and the numbers it recommends for what the settings leave open.</summary>
    public sealed record ModelFacts(string Digest, int Steps, float GuidanceScale, float SceneGuidanceScale, float Strength);

    /// <summary>Whether a stage asks an image model at all.</summary>
    public static bool UsesModel(StageKind stage, EditSettings settings) =>
        (stage == StageKind.EditBackground && settings.BackgroundPrompt is not null) || (stage == StageKind.EditForeground && settings.ForegroundPrompt is not null);

    public static string Compute(StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, ModelFacts? model)
    {
        var facts = new Facts();
        facts.Add("stage", $"{stage} {VersionOf(stage)}");
        var s = inputs.Settings;
        switch (stage)
        {
            case StageKind.Probe:
                AddClip(facts, inputs);
                facts.Add("maxFrames", s.MaxFrames);
                break;
            case StageKind.Decompose:
                AddClip(facts, inputs);
                break;
            case StageKind.EditBackground when s.BackgroundPrompt is not null:
                facts.Add("decomposition", Artifact(upstream, StageKind.Decompose, ArtifactNames.Decomposition));
                AddPainting(facts, s.BackgroundPrompt, s, model!, model!.SceneGuidanceScale);
                break;
            case StageKind.EditForeground when s.ForegroundPrompt is not null:
                AddForeground(facts, inputs, upstream, model!);
                // Frames that are listed as they would have been chosen make the same edit.
                var keyframes = s.Keyframes ?? KeyframeProposals.Of(Result(upstream, StageKind.Decompose), s.KeyframeCount);
                facts.Add("keyframes", keyframes is null ? $"best {s.KeyframeCount}" : KeyframeProposals.ToText(keyframes));
                break;
            case StageKind.Aggregate when s.ForegroundPrompt is not null:
                facts.Add("decomposition", Artifact(upstream, StageKind.Decompose, ArtifactNames.Decomposition));
                facts.Add("keyframes", Artifact(upstream, StageKind.EditForeground, ArtifactNames.Keyframes));
                facts.Add("aggregationSteps", s.AggregationSteps);
                break;
            case StageKind.Compose:
                facts.Add("video", inputs.Video);
                facts.Add("decomposition", Artifact(upstream, StageKind.Decompose, ArtifactNames.Decomposition));
                facts.Add("background", Optional(upstream, StageKind.EditBackground, ArtifactNames.EditedBackgroundAtlas));
                facts.Add("foreground", Optional(upstream, StageKind.Aggregate, ArtifactNames.EditedForegroundAtlas));
                facts.Add("detailCarry", s.DetailCarry);
                AddProtection(facts, "protectBackground", inputs.ProtectBackground, upstream, StageKind.EditBackground, ArtifactNames.EditedBackgroundAtlas);
                AddProtection(facts, "protectForeground", inputs.ProtectForeground, upstream, StageKind.Aggregate, ArtifactNames.EditedForegroundAtlas);
                break;
            default:
                facts.Add("layer", "kept");
                break;
        }

        return facts.Hash();
    }

    /// <summary>Key of one keyframe within a foreground edit: what paints it, and all keyframes painted before it.</summary>
    public static string Keyframe(
        JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, ModelFacts model, int frame, IEnumerable<KeyframeEdit> earlier)
    {
        var facts = new Facts();
        facts.Add("stage", $"Keyframe {VersionOf(StageKind.EditForeground)}");
        AddForeground(facts, inputs, upstream, model);
        facts.Add("frame", frame);
        foreach (var edit in earlier)
            facts.Add($"after {edit.Frame}", edit.After);
        return facts.Hash();
    }

    /// <summary>A named artifact of an upstream stage.</summary>
    /// <exception cref="EditException">The stage has no result, or its result lacks the artifact.</exception>
    public static ArtifactId Artifact(IReadOnlyDictionary<StageKind, StageResult> upstream, StageKind stage, string name) =>
        Result(upstream, stage).Artifacts.TryGetValue(name, out var id)
            ? id
            : throw new EditException($"The result of {stage} lacks '{name}'. Run {stage} again.");

    /// <summary>The result of an upstream stage.</summary>
    public static StageResult Result(IReadOnlyDictionary<StageKind, StageResult> upstream, StageKind stage) =>
        upstream.TryGetValue(stage, out var result) ? result : throw new EditException($"{stage} has to run first.");

    private static string Optional(IReadOnlyDictionary<StageKind, StageResult> upstream, StageKind stage, string name) =>
        Result(upstream, stage).Artifacts.TryGetValue(name, out var id) ? id.Value : "kept";

    private static void AddClip(Facts facts, JobInputs inputs)
    {
        facts.Add("video", inputs.Video);
        // A mark of frame 0 alone is what a mask for the first frame is.
        if (inputs.Marks is [{ Frame: 0 } first])
            facts.Add("mask", $"{MaskKind.FirstFrame} {first.Mask}");
        else if (inputs.Marks.Count > 0)
            facts.Add("marks", string.Join(' ', inputs.Marks.OrderBy(mark => mark.Frame).Select(mark => $"{mark.Frame} {mark.Mask}")));
        else
            facts.Add("mask", $"{inputs.MaskKind} {inputs.Mask?.Value ?? "none"}");
    }

    /// <summary>A mask protects nothing in a layer that is kept anyway.</summary>
    private static void AddProtection(
        Facts facts, string fact, ArtifactId? mask, IReadOnlyDictionary<StageKind, StageResult> upstream, StageKind stage, string edited)
    {
        if (mask is { } id && Result(upstream, stage).Artifacts.ContainsKey(edited))
            facts.Add(fact, id);
    }

    private static void AddForeground(Facts facts, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, ModelFacts model)
    {
        facts.Add("video", inputs.Video);
        facts.Add("decomposition", Artifact(upstream, StageKind.Decompose, ArtifactNames.Decomposition));
        AddPainting(facts, inputs.Settings.ForegroundPrompt!, inputs.Settings, model, model.GuidanceScale);
        facts.Add("strength", inputs.Settings.Strength ?? model.Strength);
    }

    private static void AddPainting(Facts facts, string prompt, EditSettings s, ModelFacts model, float guidanceScale)
    {
        facts.Add("prompt", prompt);
        facts.Add("negative", s.NegativePrompt);
        facts.Add("seed", s.Seed);
        facts.Add("steps", s.Steps ?? model.Steps);
        facts.Add("guidance", s.GuidanceScale ?? guidanceScale);
        facts.Add("control", s.ControlScale);
        facts.Add("model", model.Digest);
    }

    private sealed class Facts
    {
        private readonly StringBuilder _lines = new();

        public void Add<T>(string name, T value)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            // The length keeps prompts with line breaks from posing as other facts.
            _lines.Append(CultureInfo.InvariantCulture, $"{name} {text.Length} {text}\n");
        }

        public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_lines.ToString())));
    }
}
