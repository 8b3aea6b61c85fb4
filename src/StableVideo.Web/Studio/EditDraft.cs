using StableVideo.Client;

namespace StableVideo.Web.Studio;

/// <summary>What a person fills in about an edit; what is left empty is left to the server.</summary>
internal sealed class EditDraft
{
    public string? Foreground { get; set; }

    public string? Background { get; set; }

    public string? Negative { get; set; }

    public string Model { get; set; } = "embedded";

    public int? KeyframeCount { get; set; }

    public ulong? Seed { get; set; }

    public int? Steps { get; set; }

    public float? Guidance { get; set; }

    public float? Strength { get; set; }

    public float? Control { get; set; }

    public void TakeOver(EditSettings settings)
    {
        (Foreground, Background, Negative) = (settings.ForegroundPrompt, settings.BackgroundPrompt, settings.NegativePrompt);
        (Model, KeyframeCount, Seed, Steps) = (settings.Model ?? Model, settings.KeyframeCount, settings.Seed, settings.Steps);
        (Guidance, Strength, Control) = (settings.GuidanceScale, settings.Strength, settings.ControlScale);
    }

    public EditSettings ToSettings(IReadOnlyCollection<int> keyframes) => new()
    {
        ForegroundPrompt = Given(Foreground),
        BackgroundPrompt = Given(Background),
        NegativePrompt = Given(Negative),
        Model = Model,
        KeyframeCount = KeyframeCount,
        Seed = Seed,
        Steps = Steps,
        GuidanceScale = Guidance,
        Strength = Strength,
        ControlScale = Control,
        Keyframes = keyframes.Count > 0 && Given(Foreground) is not null ? [.. keyframes] : null,
        ReconstructionOnly = Given(Foreground) is null && Given(Background) is null ? true : null,
    };

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
