using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using StableVideo.Web.Services;

namespace StableVideo.Web.Api;

/// <summary>Answers every error as RFC 9457 problem details, with words for the caller and never with a stack or a path of this machine.</summary>
internal sealed partial class ProblemWriter(IProblemDetailsService problems, ILogger<ProblemWriter> logger) : IExceptionHandler
{
    private const string TypePrefix = "urn:stablevideo:problem:";

    /// <summary>Types of problems that come from the server itself, such as that of a route that does not exist.</summary>
    public static void Customize(ProblemDetailsContext context)
    {
        var details = context.ProblemDetails;
        if (details.Type?.StartsWith(TypePrefix, StringComparison.Ordinal) == true)
            return;
        var (type, detail) = details.Status switch
        {
            404 => ("not-found", "There is nothing here. The routes are listed in /v1/openapi.json."),
            405 => ("method-not-allowed", "This address does not take that method. The header Allow says which it takes."),
            406 => ("not-acceptable", "The answer can not be given in any form that the header Accept allows."),
            413 => ("request-too-large", "The request is larger than this address takes."),
            415 => ("unsupported-media-type", "Send JSON with the header Content-Type: application/json."),
            429 => ("too-many-requests", "Too many requests came at once. Try again after the time in the header Retry-After."),
            500 => ("internal-error", "Something went wrong here; it has been written into the log. Nothing was lost."),
            _ => ("http-" + details.Status, details.Detail),
        };
        (details.Type, details.Detail) = (TypePrefix + type, detail);
    }

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            return true;
        if (Describe(exception) is not { } problem)
        {
            LogUnexpected(logger, exception, httpContext.Request.Method, httpContext.GetEndpoint()?.DisplayName ?? "no route");
            problem = new ProblemException(500, "internal-error", "Something went wrong", "Something went wrong here; it has been written into the log. Nothing was lost.");
        }

        await WriteAsync(httpContext, problem);
        return true;
    }

    /// <summary>Writes one problem.</summary>
    public async Task WriteAsync(HttpContext context, ProblemException problem)
    {
        context.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } pause)
            context.Response.Headers.RetryAfter = $"{Math.Ceiling(pause.TotalSeconds):0}";
        var details = new ProblemDetails { Status = problem.Status, Type = TypePrefix + problem.Type, Title = problem.Title, Detail = problem.Message };
        if (problem.Errors.Count > 0)
            details.Extensions["errors"] = problem.Errors;
        if (!await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details }))
            await context.Response.WriteAsJsonAsync(details, WireMessages.Json, "application/problem+json");
    }

    /// <summary>Writes the problem of an answer that has only a status, whatever forms the caller accepts.</summary>
    public async Task WriteStatusAsync(HttpContext context)
    {
        var details = new ProblemDetails { Status = context.Response.StatusCode, Title = ReasonPhrases.GetReasonPhrase(context.Response.StatusCode) };
        var answer = new ProblemDetailsContext { HttpContext = context, ProblemDetails = details };
        Customize(answer);
        if (!await problems.TryWriteAsync(answer))
            await context.Response.WriteAsJsonAsync(details, WireMessages.Json, "application/problem+json");
    }

    private static ProblemException? Describe(Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException json } => Problem.Invalid(Words(json)),
        BadHttpRequestException { StatusCode: 413 } => new(413, "request-too-large", "The request is too large", "The request is larger than this address takes."),
        BadHttpRequestException { StatusCode: 415 } => new(415, "unsupported-media-type", "The request has the wrong form", "Send JSON with the header Content-Type: application/json."),
        BadHttpRequestException bad => new(bad.StatusCode, "invalid-request", "The request can not be read", Typeless().Replace(bad.Message, "")),
        _ => Problem.Of(exception),
    };

    private static string Words(JsonException json)
    {
        if (Unmapped().Match(json.Message) is { Success: true } unknown)
            return $"'{unknown.Groups[1].Value}' is not known here. Check its spelling; /v1/openapi.json lists what there is.";
        if (Missing().Match(json.Message) is { Success: true } missing)
            return $"{missing.Groups[1].Value.Trim()} must be given.";
        var place = json.Path is { Length: > 0 } path && path != "$" ? $"at {path}" : json.LineNumber is { } line ? $"in line {line + 1}" : "somewhere";
        return $"The JSON can not be read {place}: it is not well formed, or a value has the wrong form.";
    }

    [GeneratedRegex("JSON property '([^']{1,100})' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: ([^.]{1,200})\\.")]
    private static partial Regex Missing();

    [GeneratedRegex("\"[A-Za-z_.`<>]+ (?=\\w+\")")]
    private static partial Regex Typeless();

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Route} failed")]
    private static partial void LogUnexpected(ILogger logger, Exception exception, string method, string route);
}
