using System.CommandLine;
using StableVideo.Cli.Parsing;

namespace StableVideo.Cli.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class JobOptions
{
    private const string StoreVariable = "STABLEVIDEO_STORE";

    public static Argument<string> Input() => new("IN") { Description = "The clip: mp4, mov, webm, mkv, gif, or a folder of jpg or png frames." };

    public static Option<string?> Mask() =>
        Text("--mask", "MASK", "White where the object is: a video or folder with one mask per frame, or one picture for frame 0. Left out, the object is found by its motion.");

    public static Option<string?> Protect(string name, string layer) =>
        Text(name, "FILE", $"A picture of the size of atlases/{layer}-before.png: where it is white the {layer} stays as it was filmed, grey blends.");

    public static Option<bool> Json() => new("--json") { Description = "One JSON object per event and line, for machines." };

    public static Option<string?> Store() =>
        Text("--store", "FOLDER", $"Where results of stages are kept and reused. [default: {StoreVariable}, or .stablevideo beside the output]");

    public static Option<string?> Text(string name, string helpName, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = helpName };

    public static Option<IReadOnlyList<int>?> Keyframes() => new("--keyframes")
    {
        Description = "auto, or the frames to edit counted from 0, e.g. 0,20,40. [default: auto]",
        HelpName = "LIST",
        CustomParser = result =>
        {
            if (!KeyframeList.TryParse(result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value, out var keyframes, out var error)) result.AddError(error!);
            return keyframes;
        },
    };

    /// <summary>The store of a server, which is not bound to one output.</summary>
    public static string SharedStoreFolder(string? given) => Path.GetFullPath(given ?? FromEnvironment() ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "stablevideo"));

    public static string StoreFolder(string? given, string besideOutput) => Path.GetFullPath(given ?? FromEnvironment() ?? Path.Combine(besideOutput, ".stablevideo"));

    private static string? FromEnvironment() => Environment.GetEnvironmentVariable(StoreVariable) is { Length: > 0 } variable ? variable : null;
}
