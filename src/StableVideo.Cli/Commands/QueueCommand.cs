using System.CommandLine;
using System.Text.Json;
using StableVideo.Client;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo queue</c>: what waits on a server, and its silos.</summary>
internal sealed class QueueCommand(Terminal terminal) : ServerCommand("queue", "Shows what waits on a server, its silos and its models.")
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(StableVideoClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var queue = await client.GetQueueAsync(cancellationToken);
        if (parsed.GetValue(Json))
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(queue, Format));
            return ExitCode.Done;
        }

        foreach (var silo in queue.Silos)
        {
            var models = silo.WarmModels.Count > 0 ? $", loaded: {string.Join(", ", silo.WarmModels)}" : "";
            terminal.Out.WriteLine($"{silo.Name} ({silo.Roles}): {silo.Busy} of {silo.Slots} slots busy{(silo.Draining ? ", stopping" : "")}{models}");
        }

        if (queue.Silos.Count == 0) terminal.Out.WriteLine("No silo is up: jobs wait.");
        foreach (var need in queue.Needs.Where(need => need.Waiting > 0))
            terminal.Out.WriteLine($"{need.Waiting} stages wait for {need.Need}, the first for {Progress.Words.Duration(need.OldestSeconds)}");
        terminal.Out.WriteLine($"Of yours, {queue.Own.Waiting} wait and {queue.Own.Running} run.");
        return ExitCode.Done;
    }
}
