using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace StableVideo.Cluster;

/// <summary>One job: an edit of one clip. Its key is the job's id: 1 to 128 ASCII letters, digits, <c>.</c>, <c>_</c> or <c>-</c>.</summary>
[Alias("StableVideo.IVideoJobGrain"), Version(1)]
public interface IVideoJobGrain : IGrainWithStringKey
{
    /// <summary>Accepts the job and starts it. Submitting the same request again changes nothing and returns the present status.</summary>
    /// <exception cref="JobRejectedException">The request breaks rules; all of them are listed.</exception>
    /// <exception cref="JobConflictException">The id is taken by a job with another request.</exception>
    [Alias("Submit")]
    Task<JobStatus> Submit(JobRequest request);

    /// <summary>The present status.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<JobStatus> GetStatus();

    /// <summary>
    /// The present status, then a new one whenever something changed, until the job has ended. Interim changes may be skipped. A reader that
    /// loses the stream calls again; nothing that matters is lost, because each element is whole.
    /// </summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    [Alias("Watch")]
    IAsyncEnumerable<JobStatus> Watch(CancellationToken cancellationToken = default);

    /// <summary>Events with a sequence number above <paramref name="after"/>, in order. Only the latest few hundred are kept.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    [Alias("GetEvents"), AlwaysInterleave]
    Task<IReadOnlyList<JobEvent>> GetEvents(long after);

    /// <summary>Cancels the job unless it has ended, and stops its computations. What is complete stays.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    [Alias("Cancel")]
    Task<JobStatus> Cancel();

    /// <summary>Takes a failed or cancelled job up again behind its last complete stages; changes nothing otherwise.</summary>
    /// <exception cref="JobNotFoundException">No job was submitted under this id.</exception>
    [Alias("Retry")]
    Task<JobStatus> Retry();
}
