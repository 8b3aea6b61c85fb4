using System.CommandLine;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Parsing;
using StableVideo.Editing;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo edit</c>: a clip and prompts in, an edited clip out.</summary>
internal sealed class EditCommand : Command
{
    private readonly Argument<string> input = JobOptions.Input();
    private readonly Option<string?> mask = JobOptions.Mask();
    private readonly Option<string?> foreground = JobOptions.Text("--foreground", "PROMPT", "What the object becomes, e.g. \"a red car\". Left out, the object stays as it is.", "-f");
    private readonly Option<string?> background = JobOptions.Text("--background", "PROMPT", "What the surroundings become, e.g. \"snowy winter\". Left out, they stay as they are.", "-b");
    private readonly Option<string?> negative = JobOptions.Text("--negative", "PROMPT", "What to steer away from.");
    private readonly Option<string> output = new("--output", "-o") { Description = "The edited video (mp4).", HelpName = "FILE", Required = true };
    private readonly Option<IReadOnlyList<int>?> keyframes = JobOptions.Keyframes();
    private readonly Option<ulong?> seed = NumberOption.Whole<ulong>("--seed", "Seed of all noise; same seed, same video. [default: 1]");
    private readonly Option<int?> steps = NumberOption.Whole<int>("--steps", "Denoising steps. [default: what the model recommends]");
    private readonly Option<float?> guidance = NumberOption.Decimal<float>("--guidance", "How closely to follow the prompts. [default: what the model recommends]");
    private readonly Option<float?> strength = NumberOption.Decimal<float>("--strength", "How much of a carried-on keyframe is redrawn, above 0 to 1. [default: what the model recommends]");
    private readonly Option<int?> maxFrames = NumberOption.Whole<int>("--max-frames", "Longest clip that is accepted. [default: 600]");
    private readonly Option<string> model = new("--model") { Description = "embedded, or a diffusers folder.", HelpName = "FOLDER", DefaultValueFactory = _ => "embedded" };
    private readonly Option<string?> work = JobOptions.Text("--work", "FOLDER", "Where pictures and report go. [default: the output without its extension + .stablevideo]");
    private readonly Option<string?> store = JobOptions.Store();
    private readonly Option<bool> json = JobOptions.Json();

    /// <summary>Makes the command.</summary>
    public EditCommand(Terminal terminal)
        : base("edit", "Edits a video by text.")
    {
        Add(input);
        Option[] options = [foreground, background, output, mask, negative, keyframes, seed, steps, guidance, strength, maxFrames, model, work, store, json];
        foreach (var option in options) Add(option);
        SetAction((parsed, cancellationToken) => JobRun.ExecuteAsync(Bind(parsed), terminal, cancellationToken));
    }

    /// <summary>The parsed values as what to do.</summary>
    public JobArguments Bind(ParseResult parsed)
    {
        var defaults = new EditSettings();
        var video = Path.GetFullPath(parsed.GetRequiredValue(output));
        return new JobArguments(
            parsed.GetRequiredValue(input),
            parsed.GetValue(mask),
            video,
            Path.GetFullPath(parsed.GetValue(work) ?? Path.ChangeExtension(video, ".stablevideo")),
            JobOptions.StoreFolder(parsed.GetValue(store), Path.GetDirectoryName(video)!),
            new EditSettings
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
            },
            parsed.GetValue(json));
    }
}
