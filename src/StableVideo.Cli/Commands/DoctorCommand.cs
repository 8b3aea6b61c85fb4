using System.CommandLine;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo doctor</c>.</summary>
internal sealed class DoctorCommand : Command
{
    /// <summary>Makes the command.</summary>
    public DoctorCommand(Terminal terminal)
        : base("doctor", "x")
    {
    }
}
