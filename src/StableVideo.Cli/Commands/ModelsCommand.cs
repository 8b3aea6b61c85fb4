using System.CommandLine;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo models</c>.</summary>
internal sealed class ModelsCommand : Command
{
    /// <summary>Makes the command.</summary>
    public ModelsCommand(Terminal terminal)
        : base("models", "x")
    {
    }
}
