using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Gateway;

/// <summary>Answers errors as problem details, with the words of the error and never with its stack.</summary>
internal sealed class Problems(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Describe(exception) is not { } problem)
            return false;
        httpContext.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = "5";
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
    }

    private static ProblemDetails? Describe(Exception exception) => exception switch
    {
        JobNotFoundException => Problem(StatusCodes.Status404NotFound, "No such job", exception),
        ArtifactNotFoundException => Problem(StatusCodes.Status404NotFound, "No such artifact", exception),
        JobConflictException => Problem(StatusCodes.Status409Conflict, "The id is taken by another job", exception),
        JobRejectedException rejected => Problem(StatusCodes.Status400BadRequest, "The job can not be done as asked", exception, rejected.Errors),
        StoreUnavailableException => Problem(StatusCodes.Status503ServiceUnavailable, "The store does not answer", exception),
        QuotaExceededException => Problem(StatusCodes.Status507InsufficientStorage, "The quota is used up", exception),
        QueueFullException => Problem(StatusCodes.Status503ServiceUnavailable, "The queue is full", exception),
        FormatException => Problem(StatusCodes.Status400BadRequest, "An id has the wrong form", exception),
        BadHttpRequestException bad => Problem(bad.StatusCode, "The request can not be read", exception),
        TimeoutException or OrleansException => new ProblemDetails
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Title = "The cluster does not answer",
            Detail = "No silo answered in time. The call can be repeated safely.",
        },
        _ => null,
    };

    private static ProblemDetails Problem(int status, string title, Exception exception, IReadOnlyList<string>? errors = null)
    {
        var problem = new ProblemDetails { Status = status, Title = title, Detail = exception.Message };
        if (errors is not null)
            problem.Extensions["errors"] = errors;
        return problem;
    }
}
