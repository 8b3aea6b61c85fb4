namespace StableVideo.Web.Services;

/// <summary>Something the caller can do something about. Its words go out as RFC 9457 problem details.</summary>
public sealed class ProblemException : Exception
{
    /// <param name="status">HTTP status, 400..599.</param>
    /// <param name="type">Kind of the problem in kebab case, such as <c>job-not-found</c>; documented, never changed.</param>
    /// <param name="title">The kind in words.</param>
    /// <param name="detail">What happened and what to do.</param>
    /// <param name="innerException">The cause; never shown to callers.</param>
    public ProblemException(int status, string type, string title, string detail, Exception? innerException = null)
        : base(detail, innerException) => (Status, Type, Title) = (status, type, title);

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Kind of the problem.</summary>
    public string Type { get; }

    /// <summary>The kind in words.</summary>
    public string Title { get; }

    /// <summary>All broken rules, one sentence each, where there may be several.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>When to try again, for problems that pass.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
