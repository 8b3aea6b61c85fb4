using System.CommandLine;
using StableVideo.Cli.Parsing;
using StableVideo.Editing;

namespace StableVideo.Cli.Commands;

/// <summary>The options that say what an edit is to do.</summary>
internal sealed class EditOptions
{
    private readonly Option<string?> foreground = JobOptions.Text("--foreground", "PROMPT", "What the object becomes, e.g. \"a red car\". Left out, the object stays as it is.", "-f");
    private readonly Option<string?> background = JobOptions.Text("--background", "PROMPT", "What the surroundings become, e.g. \"snowy winter\". Left out, they stay as they are.", "-b");
    private readonly Option<string?> negative = JobOptions.Text("--negative", "PROMPT", "What to steer away from.");
    private readonly Option<string?> protectBackground = JobOptions.Protect("--protect-background", "background");
    private readonly Option<string?> protectForeground = JobOptions.Protect("--protect-foreground", "foreground");
    private readonly Option<IReadOnlyList<int>?> keyframes = JobOptions.Keyframes();
    private readonly Option<ulong?> seed = NumberOption.Whole<ulong>("--seed", "Seed of all noise; same seed, same video. [default: 1]");
    private readonly Option<int?> steps = NumberOption.Whole<int>("--steps", "Denoising steps. [default: what the model recommends]");
    private readonly Option<float?> guidance = NumberOption.Decimal<float>("--guidance", "How closely to follow the prompts. [default: what the model recommends]");
    private readonly Option<float?> strength = NumberOption.Decimal<float>("--strength", "How much of a carried-on keyframe is redrawn, above 0 to 1. [default: what the model recommends]");
    private readonly Option<int?> maxFrames = NumberOption.Whole<int>("--max-frames", "Longest clip that is accepted. [default: 600]");
    private readonly Option<string> model = new("--model") { Description = "embedded, or a diffusers folder.", HelpName = "FOLDER", DefaultValueFactory = _ => "embedded" };

    /// <summary>What is asked of the person first.</summary>
    public IEnumerable<Option> Prompts => [foreground, background];

    /// <summary>The others.</summary>
    public IEnumerable<Option> Details => [negative, protectBackground, protectForeground, keyframes, seed, steps, guidance, strength, maxFrames, model];

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => Prompts.Concat(Details);

    /// <summary>What is not to be edited.</summary>
    public ProtectFiles Protection(ParseResult parsed) => new(parsed.GetValue(protectBackground), parsed.GetValue(protectForeground));

    /// <summary>The parsed values as settings.</summary>
    public EditSettings Bind(ParseResult parsed)
    {
        var defaults = new EditSettings();
        return new EditSettings
        {
            ForegroundPrompt = parsed.GetValue(foreground),
            BackgroundPrompt = parsed.GetValue(background),
            NegativePrompt = parsed.GetValue(negative) ?? defaults.NegativePrompt,
            Keyframes = parsed.GetValue(keyframes),
            Seed = parsed.GetValue(seed) ?? defaults.Seed,
            Steps = parsed.GetValue(steps),
            GuidanceScale = parsed.GetValue(guidance),
            Strength = parsed.GetValue(strength),
            MaxFrames = parsed.GetValue(maxFrames) ?? defaults.MaxFrames,
            Model = parsed.GetRequiredValue(model),
        };
    }
}
