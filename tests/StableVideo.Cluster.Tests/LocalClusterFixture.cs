using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>A store folder on which clusters are started and stopped.</summary>
internal sealed class WorkFolder : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "stablevideo-cluster-" + Guid.NewGuid().ToString("n"));

    public FolderArtifactStore Store => new(Path);

    public Task<LocalCluster> StartAsync(FakeExecutor executor, Action<StageOptions>? configure = null, Action<PoolOptions>? pool = null) => LocalCluster.StartAsync(
        new LocalClusterOptions
        {
            StoreFolder = Path,
            ConfigurePool = pool,
            Executor = _ => executor,
            ConfigureStages = options =>
            {
                options.ProgressPeriod = TimeSpan.FromMilliseconds(50);
                options.HeartbeatPeriod = TimeSpan.FromMilliseconds(200);
                options.LeaseDuration = TimeSpan.FromSeconds(2);
                configure?.Invoke(options);
            },
        },
        TestContext.Current.CancellationToken);

    public static JobInputs Inputs(string foreground = "a red car", string background = "snowy winter") => new(
        ArtifactId.Of("clip"u8), null, MaskKind.None, new EditSettings { ForegroundPrompt = foreground, BackgroundPrompt = background });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

internal static class Waiting
{
    public static async Task<JobStatus> EndAsync(this LocalCluster cluster, string jobId)
    {
        JobStatus? last = null;
        using var patience = Patience();
        await foreach (var status in cluster.WatchAsync(jobId, patience.Token))
            last = status;
        return last!;
    }

    public static async Task<JobStatus> UntilAsync(this LocalCluster cluster, string jobId, Func<JobStatus, bool> condition)
    {
        using var patience = Patience();
        await foreach (var status in cluster.WatchAsync(jobId, patience.Token))
        {
            if (condition(status))
                return status;
        }

        throw new InvalidOperationException("The job ended before the condition held.");
    }

    private static CancellationTokenSource Patience()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(TimeSpan.FromMinutes(4));
        return source;
    }
}
