namespace StableVideo.Client;

/// <summary>A server said no, or can not be reached. The message says what to do.</summary>
public sealed class StableVideoException : Exception
{
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public StableVideoException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>HTTP status; <see langword="null"/> when no server answered.</summary>
    public int? Status { get; init; }

    /// <summary>Kind of the problem, such as <c>job-not-found</c>; <see langword="null"/> when no server said.</summary>
    public string? Type { get; init; }

    /// <summary>The kind in words.</summary>
    public string? Title { get; init; }

    /// <summary>All rules that were broken, one sentence each, where the server lists them.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
