using Microsoft.Extensions.Logging;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>How a <see cref="LocalCluster"/> is set up.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>Folder of the artifact store, which also holds the state of the jobs. Made when missing.</summary>
    public required string StoreFolder { get; init; }

    /// <summary>Where image models are found. Default: a new catalogue.</summary>
    public ModelCatalogue? Models { get; init; }

    /// <summary>Budgets of the computation; <see langword="null"/> for the defaults.</summary>
    public StageRunnerOptions? RunnerOptions { get; init; }

    /// <summary>Changes how stages are computed and watched.</summary>
    public Action<StageOptions>? ConfigureStages { get; init; }

    /// <summary>Changes how slots are shared.</summary>
    public Action<PoolOptions>? ConfigurePool { get; init; }

    /// <summary>Computes the stages in place of the <see cref="StageRunner"/>, for tests and simulations.</summary>
    public Func<IArtifactStore, IStageExecutor>? Executor { get; init; }

    /// <summary>Where log messages go. Default: nowhere.</summary>
    public ILoggerFactory? Loggers { get; init; }
}
