using System.CommandLine;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo sample</c>.</summary>
internal sealed class SampleCommand : Command
{
    /// <summary>Makes the command.</summary>
    public SampleCommand(Terminal terminal)
        : base("sample", "x")
    {
    }
}
