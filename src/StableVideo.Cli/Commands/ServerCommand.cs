using System.CommandLine;
using StableVideo.Cli.Server;
using StableVideo.Client;

namespace StableVideo.Cli.Commands;

/// <summary>A command that talks to a server.</summary>
internal abstract class ServerCommand : Command
{
    private readonly ServerAccess access = new();

    /// <summary>Makes the command.</summary>
    protected ServerCommand(string name, string description)
        : base(name, description)
    {
        Add(access.Server);
        Add(access.Key);
        Add(Json);
        SetAction(async (parsed, cancellationToken) =>
        {
            using var client = access.Require(parsed);
            return await RunAsync(client, parsed, cancellationToken);
        });
    }

    /// <summary>Whether to write JSON.</summary>
    protected Option<bool> Json { get; } = JobOptions.Json();

    /// <summary>The command itself.</summary>
    protected abstract Task<int> RunAsync(StableVideoClient client, ParseResult parsed, CancellationToken cancellationToken);

    /// <summary>The argument that names a job.</summary>
    protected Argument<string> JobArgument()
    {
        var job = new Argument<string>("JOB") { Description = "The job's id, as 'stablevideo list' shows it." };
        Add(job);
        return job;
    }
}
