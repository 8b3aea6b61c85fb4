using StableVideo.Atlas;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;

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
        return new StageFailure { Message = message, Details = exception.ToString(), Kind = KindOf(cause) };
    }

    /// <summary>What the job, its inputs or its model are to blame for ends the same way every time; anything else may not.</summary>
    private static FailureKind KindOf(Exception cause) => cause switch
    {
        StoreUnavailableException => FailureKind.StoreUnavailable,
        EditException or MediaException or AtlasException or ModelException => FailureKind.Final,
        JobRejectedException or ArtifactNotFoundException or QuotaExceededException => FailureKind.Final,
        _ => FailureKind.Transient,
    };
}
