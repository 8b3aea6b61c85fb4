namespace StableVideo.Cluster;

/// <summary>What stage grains tell their job; the key is the job's id.</summary>
[Alias("StableVideo.IStageReports")]
public interface IStageReports : IGrainWithStringKey
{
    /// <summary>"I am alive, and this far." <see langword="false"/>: the attempt is no longer wanted, stop it.</summary>
    [Alias("StageAlive")]
    Task<bool> StageAlive(StageSignal signal);

    /// <summary>
    /// "I am done." The stage repeats the call until it returns; <see langword="false"/>: the attempt was no longer wanted, its result is ignored.
    /// </summary>
    [Alias("StageCompleted")]
    Task<bool> StageCompleted(JobStage stage, int attempt, StageOutcome outcome);

    /// <summary>"I failed." The stage repeats the call until it returns; <see langword="false"/>: the attempt was no longer wanted.</summary>
    [Alias("StageFailed")]
    Task<bool> StageFailed(JobStage stage, int attempt, StageFailure failure);
}

/// <summary>A sign of life of a stage.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.StageSignal")]
public sealed record StageSignal
{
    /// <summary>Which stage.</summary>
    [Id(0)]
    public required JobStage Stage { get; init; }

    /// <summary>Which attempt.</summary>
    [Id(1)]
    public required int Attempt { get; init; }

    /// <summary>Whether it has a slot and is being computed, or still waits for one.</summary>
    [Id(2)]
    public required bool Running { get; init; }

    /// <summary>How far it is, 0..1.</summary>
    [Id(3)]
    public required double Fraction { get; init; }

    /// <summary>What it does or waits for.</summary>
    [Id(4)]
    public required string Message { get; init; }

    /// <summary>The silo it is on.</summary>
    [Id(5)]
    public required string Silo { get; init; }
}

/// <summary>Why a stage failed.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.StageFailure")]
public sealed record StageFailure
{
    /// <summary>The error in words for the person who asked for the job.</summary>
    [Id(0)]
    public required string Message { get; init; }

    /// <summary>The exception in full, for the log.</summary>
    [Id(1)]
    public string Details { get; init; } = "";
}
