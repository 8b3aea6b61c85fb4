using StableVideo.Cluster;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cli.Jobs;

/// <summary>Jobs in this process.</summary>
internal sealed class LocalPlace(LocalCluster cluster) : IJobPlace
{
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(5);

    public IArtifactStore Store => cluster.Store;

    public static async Task<LocalPlace> StartAsync(string storeFolder, ModelCatalogue models, CancellationToken cancellationToken)
    {
        // Nobody looks at previews on a terminal.
        var options = new LocalClusterOptions { StoreFolder = storeFolder, Models = models, RunnerOptions = new StageRunnerOptions { Previews = false } };
        return new LocalPlace(await LocalCluster.StartAsync(options, cancellationToken));
    }

    public Task<JobStatus> SubmitAsync(string id, JobInputs inputs, CancellationToken cancellationToken) => cluster.SubmitAsync(id, inputs, cancellationToken);

    public IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken) => cluster.WatchAsync(id, cancellationToken);

    public Task<IReadOnlyDictionary<StageKind, StageResult>> ResultsAsync(JobStatus status, CancellationToken cancellationToken) =>
        Task.FromResult(LocalCluster.ResultsOf(status));

    /// <summary>Nothing is computed when nobody waits.</summary>
    public async Task<string?> LeaveAsync(string id)
    {
        await cluster.CancelAsync(id).WaitAsync(CancelPatience, CancellationToken.None);
        return null;
    }

    public ValueTask DisposeAsync() => cluster.DisposeAsync();
}
