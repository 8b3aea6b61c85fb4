using System.Diagnostics;
using StableVideo.Cli.Failures;
using StableVideo.Cli.Parsing;
using StableVideo.Cli.Progress;
using StableVideo.Cluster;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Imaging;

namespace StableVideo.Cli.Jobs;

/// <summary>Runs one job through the grains of a local cluster and shows how it goes.</summary>
internal static class JobRun
{
    private const string Reconstruction = "reconstruction.mp4";

    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(5);

    public static async Task<int> ExecuteAsync(JobArguments arguments, Terminal terminal, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        Preconditions.Check(arguments);
        var clip = await VideoReader.ProbeAsync(arguments.Input, cancellationToken);
        var models = new ModelCatalogue();
        var unknown = UnknownWords.Check(arguments.Settings, models);

        using var display = terminal.OpenDisplay(arguments.Json);
        using var folder = new StoreFolder(arguments.Store);
        await using var cluster = await LocalCluster.StartAsync(new LocalClusterOptions { StoreFolder = folder.Path, Models = models }, cancellationToken);
        var inputs = await VideoImport.ImportAsync(arguments.Input, arguments.Mask, arguments.Settings, cluster.Store, cancellationToken);
        var follower = new StatusFollower(TimeProvider.System);
        var job = JobId.For(inputs);
        var status = await cluster.SubmitAsync(job, inputs, cancellationToken);
        display.Show(new JobStarted(job, StatusFollower.WasBegun(status), StatusFollower.StageNames(status), clip.FrameCount ?? 0, clip.Width, clip.Height));
        foreach (var note in unknown) display.Show(new Note(note));
        follower.Know(unknown);

        status = await FollowAsync(cluster, status, follower, display, folder, cancellationToken);
        if (status.State != JobState.Completed) throw Failure(status);

        var results = LocalCluster.ResultsOf(status);
        await EditFolder.WriteAsync(arguments.Folder, inputs, results, cluster.Store, cancellationToken);
        var video = arguments.Output ?? Path.Combine(arguments.Folder, Reconstruction);
        if (arguments.Output is null) File.Move(Path.Combine(arguments.Folder, "edited.mp4"), video, overwrite: true);
        else await OutputFile.WriteAsync(cluster.Store, results[StageKind.Compose].Artifacts[ArtifactNames.Video], video, cancellationToken);
        display.Show(new JobFinished(
            video, arguments.Folder, Path.Combine(arguments.Folder, "report.json"), Math.Round(watch.Elapsed.TotalSeconds, 2), Machine.PeakMemoryMegabytes()));
        return ExitCode.Done;
    }

    private static async Task<JobStatus> FollowAsync(
        LocalCluster cluster, JobStatus first, StatusFollower follower, IJobDisplay display, StoreFolder folder, CancellationToken cancellationToken)
    {
        foreach (var progress in follower.Next(first, isFirst: true)) display.Show(progress);
        var last = first;
        try
        {
            await foreach (var status in cluster.WatchAsync(first.JobId, cancellationToken).WithCancellation(cancellationToken))
            {
                last = status;
                if (status[JobStage.Probe].State == StageState.Completed) folder.Keep();
                foreach (var progress in follower.Next(status)) display.Show(progress);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            folder.Keep();
            await cluster.CancelAsync(first.JobId).WaitAsync(CancelPatience, CancellationToken.None);
            throw;
        }

        return last;
    }

    /// <summary>The probe stage only looks at what was given: what it refuses is bad input.</summary>
    private static CommandException Failure(JobStatus status)
    {
        var message = status.Error ?? $"The job {status.JobId} ended as {status.State}.";
        return status.Stages.FirstOrDefault(stage => stage.State == StageState.Failed)?.Stage == JobStage.Probe
            ? CommandException.BadInput(message)
            : new CommandException(ExitCode.JobFailed, message);
    }
}
