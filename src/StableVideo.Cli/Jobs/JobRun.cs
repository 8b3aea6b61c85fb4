using System.Diagnostics;
using StableVideo.Cli.Failures;
using StableVideo.Cli.Parsing;
using StableVideo.Cli.Progress;
using StableVideo.Cli.Server;
using StableVideo.Cluster;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;
using StableVideoClient = StableVideo.Client.StableVideoClient;

namespace StableVideo.Cli.Jobs;

/// <summary>Runs one job, here or on a server, and shows how it goes.</summary>
internal static class JobRun
{
    private const string Reconstruction = "reconstruction.mp4";

    /// <param name="arguments">What to do.</param>
    /// <param name="server">Where; <see langword="null"/>: in this process. Disposed at the end.</param>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<int> ExecuteAsync(JobArguments arguments, StableVideoClient? server, Terminal terminal, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        Preconditions.Check(arguments);
        var clip = await VideoReader.ProbeAsync(arguments.Input, cancellationToken);
        var models = new ModelCatalogue();
        var unknown = server is null ? UnknownWords.Check(arguments.Settings, models) : [];

        using var display = terminal.OpenDisplay(arguments.Json);
        using var folder = new StoreFolder(arguments.Store);
        await using IJobPlace place = server is null
            ? await LocalPlace.StartAsync(folder.Path, models, cancellationToken)
            : new RemotePlace(server, new FolderArtifactStore(folder.Path), (name, part) => display.Show(new Sending(name, part)));
        var inputs = await VideoImport.ImportAsync(arguments.Input, arguments.Mask, arguments.Protect, arguments.Settings, place.Store, cancellationToken);
        var follower = new StatusFollower(TimeProvider.System);
        var job = JobId.For(inputs);
        var status = await place.SubmitAsync(job, inputs, cancellationToken);
        display.Show(new JobStarted(job, StatusFollower.WasBegun(status), StatusFollower.StageNames(status), clip.FrameCount ?? 0, clip.Width, clip.Height));
        foreach (var note in unknown) display.Show(new Note(note));
        follower.Know(unknown);

        status = await FollowAsync(place, status, follower, display, folder.Keep, cancellationToken);
        if (status.State != JobState.Completed) throw Failure(status);

        folder.Keep();
        await FilesOfJob.WriteAsync(place, status, inputs, arguments.Folder, arguments.Output, cancellationToken);
        var video = arguments.Output ?? Path.Combine(arguments.Folder, Reconstruction);
        if (arguments.Output is null) File.Move(Path.Combine(arguments.Folder, "edited.mp4"), video, overwrite: true);
        display.Show(new JobFinished(
            video, arguments.Folder, Path.Combine(arguments.Folder, "report.json"), Math.Round(watch.Elapsed.TotalSeconds, 2), Machine.PeakMemoryMegabytes()));
        return ExitCode.Done;
    }

    /// <summary>Shows what happens to a job until it has ended.</summary>
    /// <param name="place">Where it is computed.</param>
    /// <param name="first">Its status now.</param>
    /// <param name="follower">What was shown before.</param>
    /// <param name="display">Shows it.</param>
    /// <param name="begun">Called when the job has begun to compute.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<JobStatus> FollowAsync(
        IJobPlace place, JobStatus first, StatusFollower follower, IJobDisplay display, Action begun, CancellationToken cancellationToken)
    {
        foreach (var progress in follower.Next(first, isFirst: true)) display.Show(progress);
        var last = first;
        try
        {
            await foreach (var status in place.WatchAsync(first.JobId, cancellationToken).WithCancellation(cancellationToken))
            {
                last = status;
                if (status[JobStage.Probe].State == StageState.Completed) begun();
                foreach (var progress in follower.Next(status)) display.Show(progress);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            begun();
            if (await place.LeaveAsync(first.JobId) is { } words) throw new CommandException(ExitCode.Cancelled, words);
            throw;
        }

        return last;
    }

    /// <summary>The probe stage only looks at what was given: what it refuses is bad input.</summary>
    public static CommandException Failure(JobStatus status)
    {
        var message = status.Error ?? $"The job {status.JobId} ended as {status.State}.";
        return status.Stages.FirstOrDefault(stage => stage.State == StageState.Failed)?.Stage == JobStage.Probe
            ? CommandException.BadInput(message)
            : new CommandException(ExitCode.JobFailed, message);
    }
}
