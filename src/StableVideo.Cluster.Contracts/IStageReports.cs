using Orleans.CodeGeneration;

namespace StableVideo.Cluster;

/// <summary>What stage grains and the scheduler tell a job; the key is the job's.</summary>
[Alias("StableVideo.IStageReports"), Version(1)]
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

    /// <summary>"My silo is about to stop: give the stage to another." What was checkpointed stays.</summary>
    [Alias("StageHandedBack")]
    Task<bool> StageHandedBack(JobStage stage, int attempt, string reason);

    /// <summary>A slot is free for the stage; <see langword="false"/>: it is no longer wanted.</summary>
    [Alias("SlotGranted")]
    Task<bool> SlotGranted(StageTicket ticket, SlotOffer offer);

    /// <summary>The silo that held the slot is gone.</summary>
    [Alias("SlotLost")]
    Task SlotLost(StageTicket ticket, string reason);

    /// <summary>
    /// The silo that held the slot, or the stage on it, gave no sign of life for too long. Unless the stage says that it is at work, as after a machine
    /// slept, the slot is lost.
    /// </summary>
    [Alias("SlotSilent")]
    Task SlotSilent(StageTicket ticket, string reason);

    /// <summary>Takes the job up after a restart of the cluster or of the scheduler. Nothing happens when there is nothing to do.</summary>
    [Alias("Resume")]
    Task Resume();
}

/// <summary>A slot that a stage may use.</summary>
[GenerateSerializer, Immutable, Alias("StableVideo.SlotOffer")]
public sealed record SlotOffer
{
    /// <summary>Name of the silo.</summary>
    [Id(0)]
    public required string Silo { get; init; }

    /// <summary>Address of the silo's process.</summary>
    [Id(1)]
    public required string Address { get; init; }

    /// <summary>How long the stage waited, in seconds.</summary>
    [Id(2)]
    public double WaitedSeconds { get; init; }
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

    /// <summary>Pictures of what is done so far.</summary>
    [Id(6)]
    public IReadOnlyList<StagePreview> Previews { get; init; } = [];

    /// <summary>The W3C <c>traceparent</c> of the attempt.</summary>
    [Id(7)]
    public string? Trace { get; init; }
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

    /// <summary>Whether trying again can help.</summary>
    [Id(2)]
    public FailureKind Kind { get; init; }
}

/// <summary>What kind of failure a stage met.</summary>
[GenerateSerializer, Alias("StableVideo.FailureKind")]
public enum FailureKind
{
    /// <summary>The job can not be done as asked: trying again ends the same way.</summary>
    Final = 0,

    /// <summary>Something went wrong in the process or its machine: another try, elsewhere, may succeed.</summary>
    Transient = 1,

    /// <summary>The artifact store does not answer: wait until it does.</summary>
    StoreUnavailable = 2,
}
