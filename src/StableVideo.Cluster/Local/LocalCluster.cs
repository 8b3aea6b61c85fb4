using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>
/// A whole cluster in this process: one silo with all grains on a folder store. The same code as on many machines, only smaller.
/// Jobs survive the process: submit the same id and inputs again, and the job continues behind its last complete stage.
/// </summary>
public sealed class LocalCluster : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private readonly IHost _host;
    private readonly JobLocks _locks;
    private readonly IGrainFactory _grains;

    private LocalCluster(IHost host, IArtifactStore store, JobLocks locks)
    {
        _host = host;
        _grains = host.Services.GetRequiredService<IGrainFactory>();
        _locks = locks;
        Store = store;
    }

    /// <summary>The artifact store.</summary>
    public IArtifactStore Store { get; }

    /// <summary>The grains themselves.</summary>
    internal IGrainFactory Grains => _grains;

    /// <summary>Starts the silo. Any number of local clusters may run at once, in one process or many, on one folder or many.</summary>
    /// <exception cref="StoreServedException">A server has the folder.</exception>
    public static async Task<LocalCluster> StartAsync(LocalClusterOptions options, CancellationToken cancellationToken = default)
    {
        var stores = TenantStores.InFolder(options.StoreFolder);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(options.Loggers ?? NullLoggerFactory.Instance);
        builder.Services.AddSingleton<IHostLifetime, HostedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.AddLocalSilo(stores, options with
        {
            ConfigureStages = stages =>
            {
                // What went wrong here is seen by the person at the keyboard, who decides; jobs of other runs in the folder stay as they are.
                (stages.RetriesAllowed, stages.WaitsForStore, stages.ResumeJobs) = (0, false, false);
                options.ConfigureStages?.Invoke(stages);
            },
        });
        var locks = new JobLocks(options.StoreFolder);
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
            return new LocalCluster(host, stores.System, locks);
        }
        catch
        {
            host.Dispose();
            locks.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Submits a job, or takes it up again when it was submitted before: an unfinished job continues, a failed or cancelled one is retried,
    /// a complete one stays as it is.
    /// </summary>
    /// <param name="jobId">The job's id; see <see cref="JobId.For"/>.</param>
    /// <param name="inputs">What it is to do.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="JobRejectedException">The inputs break rules; all of them are listed.</exception>
    /// <exception cref="JobConflictException">The id is taken by a job with other inputs.</exception>
    /// <exception cref="JobBusyException">Another process works on this job.</exception>
    public async Task<JobStatus> SubmitAsync(string jobId, JobInputs inputs, CancellationToken cancellationToken = default)
    {
        _locks.Take(jobId);
        var job = _grains.GetGrain<IVideoJobGrain>(jobId);
        var status = await job.Submit(JobMessages.ToRequest(inputs)).WaitAsync(cancellationToken);
        return status.State is JobState.Failed or JobState.Cancelled ? await job.Retry().WaitAsync(cancellationToken) : status;
    }

    /// <summary>The present status of a job, then a new one whenever something changed; the last one has ended.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    public IAsyncEnumerable<JobStatus> WatchAsync(string jobId, CancellationToken cancellationToken = default) => _grains.WatchJobAsync(jobId, cancellationToken);

    /// <summary>The present status of a job.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    public Task<JobStatus> GetStatusAsync(string jobId) => _grains.GetGrain<IVideoJobGrain>(jobId).GetStatus();

    /// <summary>What happened to a job after the event numbered <paramref name="after"/>.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    public Task<IReadOnlyList<JobEvent>> GetEventsAsync(string jobId, long after = 0) => _grains.GetGrain<IVideoJobGrain>(jobId).GetEvents(after);

    /// <summary>Cancels a job and stops its computations.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    public Task<JobStatus> CancelAsync(string jobId) => _grains.GetGrain<IVideoJobGrain>(jobId).Cancel();

    /// <summary>What a job was to do, as <see cref="EditFolder"/> wants it.</summary>
    public static JobInputs InputsOf(JobStatus status) => JobMessages.ToInputs(status.Request);

    /// <summary>Results of all complete stages of a job, as <see cref="EditFolder"/> wants them.</summary>
    public static IReadOnlyDictionary<StageKind, StageResult> ResultsOf(JobStatus status) => status.Stages
        .Where(stage => stage.Outcome is not null)
        .ToDictionary(stage => JobMessages.ToKind(stage.Stage), stage => JobMessages.ToResult(stage.Outcome!));

    /// <summary>Stops computations and the silo. Unfinished jobs continue when they are submitted again.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var patience = new CancellationTokenSource(StopPatience))
            await _host.StopAsync(patience.Token);
        _host.Dispose();
        _locks.Dispose();
    }

    /// <summary>The process belongs to whoever started the cluster: no signal handlers, no console messages.</summary>
    private sealed class HostedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
