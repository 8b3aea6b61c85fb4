namespace StableVideo.Cluster;

/// <summary>
/// Computes one stage of one job; the key is the job's id. A stage is started, and reports to <see cref="IStageReports"/> of its job:
/// no call lasts as long as the computation.
/// </summary>
[Alias("StableVideo.IStageGrain")]
public interface IStageGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts an attempt and returns at once. An attempt under way with a lower number is stopped; the same number again changes nothing,
    /// a lower one is ignored.
    /// </summary>
    [Alias("Start")]
    Task Start(StageAssignment assignment);

    /// <summary>Stops attempts up to <paramref name="attempt"/> and returns at once. A stopped attempt reports nothing.</summary>
    [Alias("Stop")]
    Task Stop(int attempt);

    /// <summary>Whether <paramref name="attempt"/> is under way here, or its end is being reported.</summary>
    [Alias("IsWorkingOn")]
    Task<bool> IsWorkingOn(int attempt);
}

/// <summary><see cref="JobStage.Probe"/>.</summary>
[Alias("StableVideo.IProbeGrain")]
public interface IProbeGrain : IStageGrain;

/// <summary><see cref="JobStage.Decompose"/>.</summary>
[Alias("StableVideo.IDecomposeGrain")]
public interface IDecomposeGrain : IStageGrain;

/// <summary><see cref="JobStage.EditBackground"/>.</summary>
[Alias("StableVideo.IBackgroundEditGrain")]
public interface IBackgroundEditGrain : IStageGrain;

/// <summary><see cref="JobStage.EditForeground"/>.</summary>
[Alias("StableVideo.IForegroundEditGrain")]
public interface IForegroundEditGrain : IStageGrain;

/// <summary><see cref="JobStage.Aggregate"/>.</summary>
[Alias("StableVideo.IAggregationGrain")]
public interface IAggregationGrain : IStageGrain;

/// <summary><see cref="JobStage.Compose"/>.</summary>
[Alias("StableVideo.ICompositorGrain")]
public interface ICompositorGrain : IStageGrain;

/// <summary>What a stage grain is to compute.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.StageAssignment")]
public sealed record StageAssignment
{
    /// <summary>Which stage; must be the grain's own.</summary>
    [Id(0)]
    public required JobStage Stage { get; init; }

    /// <summary>Number of the attempt, 1 for the first. It rises with every start: reports of any other attempt are ignored.</summary>
    [Id(1)]
    public required int Attempt { get; init; }

    /// <summary>The job's request.</summary>
    [Id(2)]
    public required JobRequest Request { get; init; }

    /// <summary>Outcomes of the stages it depends on.</summary>
    [Id(3)]
    public required IReadOnlyDictionary<JobStage, StageOutcome> Upstream { get; init; }
}
