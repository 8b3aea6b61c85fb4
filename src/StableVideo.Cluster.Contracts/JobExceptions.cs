namespace StableVideo.Cluster;

/// <summary>No job was submitted under an id.</summary>
[GenerateSerializer, Alias("StableVideo.JobNotFoundException")]
public sealed class JobNotFoundException : Exception
{
    /// <summary>Names the id.</summary>
    public JobNotFoundException(string jobId)
        : base($"There is no job '{jobId}'. Submit it first, or check the id.")
    {
    }
}

/// <summary>A job's id is taken by a job with another request.</summary>
[GenerateSerializer, Alias("StableVideo.JobConflictException")]
public sealed class JobConflictException : Exception
{
    /// <summary>Names the id and what differs.</summary>
    public JobConflictException(string jobId, IEnumerable<string> differences)
        : base($"Job '{jobId}' exists with another {string.Join(" and ", differences)}. Use another id, or submit the request it was made with.")
    {
    }
}

/// <summary>A request breaks rules.</summary>
[GenerateSerializer, Alias("StableVideo.JobRejectedException")]
public sealed class JobRejectedException : Exception
{
    /// <summary>Lists all broken rules, one sentence each.</summary>
    public JobRejectedException(IReadOnlyList<string> errors)
        : base(string.Join(" ", errors)) => Errors = errors;

    /// <summary>All broken rules.</summary>
    [Id(0)]
    public IReadOnlyList<string> Errors { get; }
}

/// <summary>So many stages wait that no further job is taken.</summary>
[GenerateSerializer, Alias("StableVideo.QueueFullException")]
public sealed class QueueFullException : Exception
{
    /// <summary>Says how many wait.</summary>
    public QueueFullException(int waiting, int limit)
        : base($"The queue is full: {waiting} stages wait and {limit} may. Nothing was submitted. Submit again later, or add silos.")
    {
    }
}
