using System.CommandLine;
using StableVideo.Cli.Failures;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Progress;
using StableVideo.Cli.Server;
using StableVideo.Client;
using StableVideo.Cluster;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo watch</c>: shows how a job of a server goes until it has ended.</summary>
internal sealed class WatchCommand : ServerCommand
{
    private readonly Terminal terminal;
    private readonly Argument<string> job;

    /// <summary>Makes the command.</summary>
    public WatchCommand(Terminal terminal)
        : base("watch", "Shows how a job of a server goes until it has ended. Ctrl-C ends the watching, not the job.") => (this.terminal, job) = (terminal, JobArgument());

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(StableVideoClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        using var display = terminal.OpenDisplay(parsed.GetValue(Json));
        var first = WireStatus.Of(await client.GetJobAsync(parsed.GetRequiredValue(job), cancellationToken));
        var clip = await client.Videos.FindAsync(first.Request.Video, cancellationToken);
        var follower = new StatusFollower(TimeProvider.System);
        display.Show(new JobStarted(first.JobId, StatusFollower.WasBegun(first), StatusFollower.StageNames(first), clip?.Frames ?? 0, clip?.Width ?? 0, clip?.Height ?? 0));
        using var scratch = new ScratchStore();
        await using var place = new RemotePlace(client, scratch.Store, (_, _) => { });
        var last = await JobRun.FollowAsync(place, first, follower, display, () => { }, cancellationToken);
        return last.State == Cluster.JobState.Completed ? ExitCode.Done : throw JobRun.Failure(last);
    }
}

/// <summary><c>stablevideo cancel</c> and <c>stablevideo retry</c>: change the course of a job of a server.</summary>
internal sealed class ChangeCommand : ServerCommand
{
    private readonly Terminal terminal;
    private readonly Argument<string> job;
    private readonly Func<StableVideoClient, string, CancellationToken, Task<Job>> change;

    private ChangeCommand(string name, string description, Terminal terminal, Func<StableVideoClient, string, CancellationToken, Task<Job>> change)
        : base(name, description) => (this.terminal, this.change, job) = (terminal, change, JobArgument());

    /// <summary>Makes <c>cancel</c>.</summary>
    public static ChangeCommand Cancel(Terminal terminal) =>
        new("cancel", "Cancels a job of a server unless it has ended. What is complete stays.", terminal, (client, id, cancellationToken) => client.CancelAsync(id, cancellationToken));

    /// <summary>Makes <c>retry</c>.</summary>
    public static ChangeCommand Retry(Terminal terminal) =>
        new("retry", "Takes a failed or cancelled job of a server up again behind what is complete.", terminal, (client, id, cancellationToken) => client.RetryAsync(id, cancellationToken));

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(StableVideoClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var changed = await change(client, parsed.GetRequiredValue(job), cancellationToken);
        terminal.Out.WriteLine(parsed.GetValue(Json) ? $$"""{"job":"{{changed.Id}}","state":"{{changed.State}}"}""" : $"{changed.Id} is {changed.State.ToString().ToLowerInvariant()}.");
        return ExitCode.Done;
    }
}

/// <summary><c>stablevideo fetch</c>: brings what a job of a server has made to this machine.</summary>
internal sealed class FetchCommand : ServerCommand
{
    private readonly Terminal terminal;
    private readonly Argument<string> job;
    private readonly Option<string> output = new("--output", "-o") { Description = "The edited video (mp4).", HelpName = "FILE", Required = true };
    private readonly Option<string?> work = JobOptions.Text("--work", "FOLDER", "Where pictures and report go. [default: the output without its extension + .stablevideo]");

    /// <summary>Makes the command.</summary>
    public FetchCommand(Terminal terminal)
        : base("fetch", "Fetches the video, pictures and report of a job that a server has completed.")
    {
        (this.terminal, job) = (terminal, JobArgument());
        Add(output);
        Add(work);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(StableVideoClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(job);
        var video = Path.GetFullPath(parsed.GetRequiredValue(output));
        var folder = Path.GetFullPath(parsed.GetValue(work) ?? Path.ChangeExtension(video, ".stablevideo"));
        Preconditions.CheckWritable(folder);
        var status = WireStatus.Of(await client.GetJobAsync(id, cancellationToken));
        if (status.State != Cluster.JobState.Completed)
            throw CommandException.BadInput($"{id} is {status.State.ToString().ToLowerInvariant()}; there is nothing to fetch yet. 'stablevideo watch {id}' shows how it goes.");
        using var scratch = new ScratchStore();
        await using var place = new RemotePlace(client, scratch.Store, (_, _) => { });
        await FilesOfJob.WriteAsync(place, status, LocalCluster.InputsOf(status), folder, video, cancellationToken);
        terminal.Out.WriteLine(parsed.GetValue(Json) ? JsonLines.Line(new JobFinished(video, folder, Path.Combine(folder, "report.json"), 0, Machine.PeakMemoryMegabytes())) : $"video:  {video}\nfolder: {folder}");
        return ExitCode.Done;
    }
}
