using System.CommandLine;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Parsing;
using StableVideo.Cli.Server;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo edit</c>: a clip and prompts in, an edited clip out.</summary>
internal sealed class EditCommand : Command
{
    private readonly Argument<string> input = JobOptions.Input();
    private readonly Option<string?> mask = JobOptions.Mask();
    private readonly EditOptions edit = new();
    private readonly Option<string> output = new("--output", "-o") { Description = "The edited video (mp4).", HelpName = "FILE", Required = true };
    private readonly Option<string?> work = JobOptions.Text("--work", "FOLDER", "Where pictures and report go. [default: the output without its extension + .stablevideo]");
    private readonly Option<string?> store = JobOptions.Store();
    private readonly ServerAccess access = new();
    private readonly Option<bool> json = JobOptions.Json();

    /// <summary>Makes the command.</summary>
    public EditCommand(Terminal terminal)
        : base("edit", "Edits a video by text, on this machine or, with --server, on a server.")
    {
        Add(input);
        Option[] options = [.. edit.Prompts, output, mask, .. edit.Details, work, store, access.Server, access.Key, json];
        foreach (var option in options) Add(option);
        SetAction((parsed, cancellationToken) => JobRun.ExecuteAsync(Bind(parsed), access.Find(parsed), terminal, cancellationToken));
    }

    /// <summary>The parsed values as what to do.</summary>
    public JobArguments Bind(ParseResult parsed)
    {
        var video = Path.GetFullPath(parsed.GetRequiredValue(output));
        return new JobArguments(
            parsed.GetRequiredValue(input),
            parsed.GetValue(mask),
            video,
            Path.GetFullPath(parsed.GetValue(work) ?? Path.ChangeExtension(video, ".stablevideo")),
            JobOptions.StoreFolder(parsed.GetValue(store), Path.GetDirectoryName(video)!),
            edit.Bind(parsed),
            parsed.GetValue(json))
        {
            Protect = edit.Protection(parsed),
        };
    }
}
