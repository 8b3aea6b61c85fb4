using System.CommandLine;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo atlas</c>: the decomposition of a clip and its pictures.</summary>
internal sealed class AtlasCommand : Command
{
    /// <summary>Makes the command.</summary>
    public AtlasCommand(Terminal terminal)
        : base("atlas", "Decomposes a video into its foreground and background atlas.")
    {
    }
}
