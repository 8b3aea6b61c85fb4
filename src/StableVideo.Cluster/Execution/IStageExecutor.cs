using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>Computes stages: the one door from the grains to the work. Safe for concurrent use.</summary>
public interface IStageExecutor
{
    /// <summary>Image models that are loaded and ready.</summary>
    IReadOnlyList<string> WarmModels { get; }

    /// <summary>Image models that can be used, loaded or not.</summary>
    IReadOnlyList<string> Models { get; }

    /// <summary>The stored result of a stage in the space of <paramref name="tenant"/>, or <see langword="null"/> when it was not computed yet.</summary>
    Task<StageResult?> FindAsync(string tenant, StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken);

    /// <summary>Hash of everything that determines the result of a stage; <see langword="null"/> where that is not known.</summary>
    Task<string?> KeyAsync(StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Computes a stage and stores its result. Called on a thread of its own, which it may keep busy.</summary>
    /// <param name="tenant">Whose artifacts are read and written.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="inputs">The job.</param>
    /// <param name="upstream">Results of the stages it depends on.</param>
    /// <param name="progress">Told how far the stage is.</param>
    /// <param name="cancellationToken">Ends the computation within two seconds; what was checkpointed stays.</param>
    Task<StageResult> RunAsync(
        string tenant,
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken);
}
