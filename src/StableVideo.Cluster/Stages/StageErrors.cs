namespace StableVideo.Cluster;

/// <summary>Turns the exception of a stage into words.</summary>
internal static class StageErrors
{
    /// <summary>The innermost message that says something of its own, and the whole exception for the log.</summary>
    public static StageFailure Describe(Exception exception)
    {
        var cause = exception;
        while (cause is AggregateException { InnerExceptions.Count: 1 } or System.Reflection.TargetInvocationException && cause.InnerException is { } inner)
            cause = inner;
        var message = cause is OutOfMemoryException
            ? "There was not enough memory. Use a shorter or smaller clip, or a machine with more memory."
            : cause.Message;
        return new StageFailure { Message = message, Details = exception.ToString() };
    }
}
