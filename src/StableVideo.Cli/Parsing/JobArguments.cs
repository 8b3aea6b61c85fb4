using StableVideo.Editing;

namespace StableVideo.Cli.Parsing;

/// <summary>What a job command was asked to do.</summary>
/// <param name="Input">The clip: a video file or a folder of pictures.</param>
/// <param name="Mask">The object's mask: a video, a folder, or one picture for frame 0; null to find the object by its motion.</param>
/// <param name="Output">Where the edited video goes; null for a command that makes none.</param>
/// <param name="Folder">Where pictures and report go.</param>
/// <param name="Store">Where results of stages are kept and looked up.</param>
/// <param name="Settings">The edit.</param>
/// <param name="Json">True for one JSON object per event.</param>
public sealed record JobArguments(string Input, string? Mask, string? Output, string Folder, string Store, EditSettings Settings, bool Json)
{
    /// <summary>Pictures that keep parts of the atlases as they were filmed.</summary>
    public ProtectFiles Protect { get; init; } = new(null, null);
}
