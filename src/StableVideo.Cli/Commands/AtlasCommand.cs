using System.CommandLine;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Parsing;
using StableVideo.Editing;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo atlas</c>: the decomposition of a clip, its pictures, and the clip rendered back from them.</summary>
internal sealed class AtlasCommand : Command
{
    private readonly Argument<string> input = JobOptions.Input();
    private readonly Option<string?> mask = JobOptions.Mask();
    private readonly Option<string> output = new("--output", "-o") { Description = "Folder for the atlases, masks, reconstruction and report.", HelpName = "FOLDER", Required = true };
    private readonly Option<string?> store = JobOptions.Store();
    private readonly Option<bool> json = JobOptions.Json();

    /// <summary>Makes the command.</summary>
    public AtlasCommand(Terminal terminal)
        : base("atlas", "Decomposes a video into its foreground and background atlas, and renders it back from them.")
    {
        Add(input);
        Option[] options = [output, mask, store, json];
        foreach (var option in options) Add(option);
        SetAction((parsed, cancellationToken) => JobRun.ExecuteAsync(Bind(parsed), server: null, terminal, cancellationToken));
    }

    /// <summary>The parsed values as what to do: an edit that edits nothing.</summary>
    public JobArguments Bind(ParseResult parsed)
    {
        var folder = Path.GetFullPath(parsed.GetRequiredValue(output));
        return new JobArguments(
            parsed.GetRequiredValue(input),
            parsed.GetValue(mask),
            Output: null,
            folder,
            JobOptions.StoreFolder(parsed.GetValue(store), Path.GetDirectoryName(folder) ?? folder),
            new EditSettings { ReconstructionOnly = true, DetailCarry = 0 },
            parsed.GetValue(json));
    }
}
