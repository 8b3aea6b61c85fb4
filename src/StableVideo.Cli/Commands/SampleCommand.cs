using System.CommandLine;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Parsing;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo sample</c>: a clip to try things on, with exact truth.</summary>
internal sealed class SampleCommand : Command
{
    private readonly Option<string> output = new("--output", "-o") { Description = "Folder for the clip.", HelpName = "FOLDER", DefaultValueFactory = _ => "sample" };
    private readonly Option<int?> frames = NumberOption.Whole<int>("--frames", "Number of frames, 2 to 300. [default: 60]");
    private readonly Option<string?> size = JobOptions.Text("--size", "WxH", "Size in pixels, even, 64 to 1920. [default: 640x360]");

    private readonly Option<bool> truth = new("--truth") { Description = "Also write the exact UV coordinates and masks (truth.safetensors; about 4 MB a frame)." };

    /// <summary>Makes the command.</summary>
    public SampleCommand(Terminal terminal)
        : base("sample", "Renders a demo clip (clip.mp4) of a turning car (clip.mp4) with the car's mask (mask.mp4).")
    {
        Add(output);
        Add(frames);
        Add(size);
        Add(truth);
        SetAction((parsed, cancellationToken) => SampleRun.ExecuteAsync(
            Path.GetFullPath(parsed.GetRequiredValue(output)), parsed.GetValue(frames), parsed.GetValue(size), parsed.GetValue(truth), terminal, cancellationToken));
    }
}
