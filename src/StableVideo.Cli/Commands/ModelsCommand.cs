using System.CommandLine;
using System.Text.Json;
using StableVideo.Diffusion;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo models</c>: the image models that are installed.</summary>
internal sealed class ModelsCommand : Command
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private readonly Option<bool> json = new("--json") { Description = "One JSON object per model and line, for machines." };

    /// <summary>Makes the command.</summary>
    public ModelsCommand(Terminal terminal)
        : base("models", "Lists the image models that are installed. Any Stable Diffusion 1.x folder in diffusers layout works too: edit --model FOLDER.")
    {
        Add(json);
        SetAction(parsed => Run(terminal, parsed.GetValue(json)));
    }

    private static int Run(Terminal terminal, bool json)
    {
        var models = new ModelCatalogue().List();
        if (models.Count == 0) throw Failures.CommandException.Model("No image model is installed. Give a diffusers folder: edit --model FOLDER.");
        foreach (var model in models)
        {
            if (json)
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(
                    new { model.Name, model.Folder, model.Digest, Guidance = model.Guidance.ToString(), model.Steps, model.GuidanceScale, model.Strength, model.WorkingSize }, Format));
                continue;
            }

            terminal.Out.WriteLine($"{model.Name}  {model.Folder}");
            terminal.Out.WriteLine(
                FormattableString.Invariant($"  guided by {model.Guidance.ToString().ToLowerInvariant()}; {model.Steps} steps, guidance {model.GuidanceScale}, strength {model.Strength}, {model.WorkingSize} px"));
            terminal.Out.WriteLine($"  sha256 {model.Digest}");
        }

        return ExitCode.Done;
    }
}
