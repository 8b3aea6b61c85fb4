using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>What every stage grain of a silo shares.</summary>
internal sealed class StageServices(
    IStageExecutor executor,
    RunningAttempts attempts,
    ITenantStores stores,
    IOptions<StageOptions> options,
    ClusterInstruments instruments,
    TimeProvider clock,
    ILocalSiloDetails silo,
    ILoggerFactory loggers)
{
    public IStageExecutor Executor => executor;

    public RunningAttempts Attempts => attempts;

    public ITenantStores Stores => stores;

    public StageOptions Options { get; } = options.Value;

    public ClusterInstruments Instruments => instruments;

    public TimeProvider Clock => clock;

    public string SiloName => silo.Name;

    public ILogger Logger { get; } = loggers.CreateLogger("StableVideo.Cluster.Stages");
}
