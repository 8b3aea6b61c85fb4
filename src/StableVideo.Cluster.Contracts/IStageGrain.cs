using Orleans.CodeGeneration;

namespace StableVideo.Cluster;

/// <summary>
/// One attempt at one stage of one job; the key is <c>{job key}#{attempt}</c>. It is started, and reports to <see cref="IStageReports"/> of its
/// job: no call lasts as long as the computation.
/// </summary>
[Alias("StableVideo.IStageGrain"), Version(1)]
public interface IStageGrain : IGrainWithStringKey
{
    /// <summary>Starts the attempt and returns at once; the same again changes nothing.</summary>
    [Alias("Start")]
    Task Start(StageAssignment assignment);

    /// <summary>Stops the attempt and returns at once. A stopped attempt reports nothing.</summary>
    [Alias("Stop")]
    Task Stop();

    /// <summary>Whether the attempt is under way here, or its end is being reported.</summary>
    [Alias("IsAtWork")]
    Task<bool> IsAtWork();
}

/// <summary><see cref="JobStage.Probe"/>.</summary>
[Alias("StableVideo.IProbeGrain"), Version(1)]
public interface IProbeGrain : IStageGrain;

/// <summary><see cref="JobStage.Decompose"/>.</summary>
[Alias("StableVideo.IDecomposeGrain"), Version(1)]
public interface IDecomposeGrain : IStageGrain;

/// <summary><see cref="JobStage.EditBackground"/>.</summary>
[Alias("StableVideo.IBackgroundEditGrain"), Version(1)]
public interface IBackgroundEditGrain : IStageGrain;

/// <summary><see cref="JobStage.EditForeground"/>.</summary>
[Alias("StableVideo.IForegroundEditGrain"), Version(1)]
public interface IForegroundEditGrain : IStageGrain;

/// <summary><see cref="JobStage.Aggregate"/>.</summary>
[Alias("StableVideo.IAggregationGrain"), Version(1)]
public interface IAggregationGrain : IStageGrain;

/// <summary><see cref="JobStage.Compose"/>.</summary>
[Alias("StableVideo.ICompositorGrain"), Version(1)]
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

    /// <summary>The W3C <c>traceparent</c> of the job.</summary>
    [Id(4)]
    public string? Trace { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the attempt before this one.</summary>
    [Id(5)]
    public string? FormerTrace { get; init; }
}
