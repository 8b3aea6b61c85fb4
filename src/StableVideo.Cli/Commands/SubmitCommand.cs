using System.CommandLine;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Progress;
using StableVideo.Cli.Server;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Editing;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo submit</c>: gives an edit to a server and does not wait for it.</summary>
internal sealed class SubmitCommand : ServerCommand
{
    private readonly Terminal terminal;
    private readonly Argument<string> input = JobOptions.Input();
    private readonly Option<string?> mask = JobOptions.Mask();
    private readonly EditOptions edit = new();

    /// <summary>Makes the command.</summary>
    public SubmitCommand(Terminal terminal)
        : base("submit", "Gives an edit to a server and prints the job's id, without waiting for the result.")
    {
        this.terminal = terminal;
        Add(input);
        Add(mask);
        foreach (var option in edit.All) Add(option);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(StableVideoClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = edit.Bind(parsed);
        if (settings.Validate() is { Count: > 0 } broken) throw Failures.CommandException.BadInput(string.Join(' ', broken));
        Machine.RequireFfmpeg();
        var json = parsed.GetValue(Json);
        using var display = terminal.OpenDisplay(json);
        using var scratch = new ScratchStore();
        await using var place = new RemotePlace(client, scratch.Store, (name, part) => display.Show(new Sending(name, part)));
        var inputs = await VideoImport.ImportAsync(
            parsed.GetRequiredValue(input), parsed.GetValue(mask), edit.Protection(parsed), settings, place.Store, cancellationToken);
        var status = await place.SubmitAsync(JobId.For(inputs), inputs, cancellationToken);
        terminal.Out.WriteLine(json ? $$"""{"job":"{{status.JobId}}","state":"{{status.State}}"}""" : status.JobId);
        return ExitCode.Done;
    }
}
