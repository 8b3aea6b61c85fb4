using StableVideo.Cluster;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cli.Jobs;

/// <summary>Where a job is computed: in this process, or on a server.</summary>
internal interface IJobPlace : IAsyncDisposable
{
    /// <summary>A store on this machine, which has the inputs of a job before it is submitted and, after <see cref="ResultsAsync"/>, its results.</summary>
    IArtifactStore Store { get; }

    /// <summary>Submits a job, or takes it up again: an unfinished one goes on, a failed or cancelled one is retried.</summary>
    Task<JobStatus> SubmitAsync(string id, JobInputs inputs, CancellationToken cancellationToken);

    /// <summary>The present status, then a new one whenever something changed; the last one has ended.</summary>
    IAsyncEnumerable<JobStatus> WatchAsync(string id, CancellationToken cancellationToken);

    /// <summary>Brings the results of a job into <see cref="Store"/>.</summary>
    Task<IReadOnlyDictionary<StageKind, StageResult>> ResultsAsync(JobStatus status, CancellationToken cancellationToken);

    /// <summary>The person does not wait any longer.</summary>
    /// <returns>What they should know, as the message of the command's end; <see langword="null"/>: nothing out of the ordinary.</returns>
    Task<string?> LeaveAsync(string id);
}
