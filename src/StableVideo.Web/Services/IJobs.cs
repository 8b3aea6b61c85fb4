using StableVideo.Client;
using StableVideo.Web.Security;

namespace StableVideo.Web.Services;

/// <summary>A caller's jobs, behind the HTTP interface and the studio alike. Safe for concurrent use.</summary>
/// <remarks>
/// All methods throw <see cref="ProblemException"/> for what the caller can do something about. They check the caller's scopes and look only at the caller's
/// tenant: what belongs to another is not there.
/// </remarks>
public interface IJobs
{
    /// <summary>Accepts a job; the same submission under the same id again returns the job as it stands.</summary>
    Task<Job> SubmitAsync(Caller caller, string id, JobSubmission submission, CancellationToken cancellationToken = default);

    /// <summary>The job as it stands.</summary>
    Task<Job> GetAsync(Caller caller, string id, CancellationToken cancellationToken = default);

    /// <summary>The job as it stands, then again whenever something changed, until it has ended. Survives the loss of silos.</summary>
    IAsyncEnumerable<Job> WatchAsync(Caller caller, string id, CancellationToken cancellationToken = default);

    /// <summary>Jobs, latest first.</summary>
    Task<Page<JobSummary>> ListAsync(Caller caller, JobFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Events numbered above <paramref name="after"/>.</summary>
    Task<IReadOnlyList<JobEvent>> EventsAsync(Caller caller, string id, long after, CancellationToken cancellationToken = default);

    /// <summary>Cancels the job unless it has ended.</summary>
    Task<Job> CancelAsync(Caller caller, string id, CancellationToken cancellationToken = default);

    /// <summary>Takes a failed or cancelled job up again.</summary>
    Task<Job> RetryAsync(Caller caller, string id, CancellationToken cancellationToken = default);

    /// <summary>What the job left behind so far.</summary>
    Task<IReadOnlyList<JobArtifact>> ArtifactsAsync(Caller caller, string id, CancellationToken cancellationToken = default);

    /// <summary>Opens one of them; the stream can seek.</summary>
    Task<(JobArtifact Artifact, Stream Content)> OpenArtifactAsync(Caller caller, string id, string name, CancellationToken cancellationToken = default);

    /// <summary>Where a large artifact can be read directly from the store for some minutes; <see langword="null"/>: only through this server.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The job.</param>
    /// <param name="name">The artifact.</param>
    /// <param name="asFile">Whether it is to be kept as a file, and not shown.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    Task<Uri?> ArtifactAddressAsync(Caller caller, string id, string name, bool asFile, CancellationToken cancellationToken = default) => Task.FromResult<Uri?>(null);

    /// <summary>What waits, and the silos.</summary>
    Task<Queue> QueueAsync(Caller caller, CancellationToken cancellationToken = default);

    /// <summary>Image models that jobs may name.</summary>
    Task<IReadOnlyList<Model>> ModelsAsync(Caller caller, CancellationToken cancellationToken = default);
}
