using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using StableVideo.Client;
using StableVideo.Web.Api.OpenApi;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Api;

/// <summary>Jobs over HTTP. All calls can be repeated.</summary>
internal static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs").WithTags("Jobs");
        jobs.MapGet("/", ListAsync).RequireScopes(Scopes.ReadJobs).WithSummary("Jobs, latest first, a page at a time").WithName("listJobs");
        jobs.MapPost("/", CreateAsync).RequireScopes(Scopes.WriteJobs).WithSummary("Submit a job; with the header Idempotency-Key it can be repeated").WithName("createJob")
            .WithMetadata(new ProblemStatuses(404, 415, 422));
        jobs.MapPut("/{id}", SubmitAsync).RequireScopes(Scopes.WriteJobs).WithSummary("Submit a job under an id of your own; repeating it changes nothing").WithName("submitJob")
            .WithMetadata(new ProblemStatuses(409, 415));
        jobs.MapGet("/{id}", GetAsync).RequireScopes(Scopes.ReadJobs).WithSummary("A job as it stands").WithName("getJob");
        jobs.MapDelete("/{id}", CancelAsync).RequireScopes(Scopes.WriteJobs).WithSummary("Cancel a job unless it has ended; what is complete stays").WithName("cancelJob");
        jobs.MapPost("/{id}/cancel", CancelAsync).RequireScopes(Scopes.WriteJobs).WithSummary("The same as DELETE").WithName("cancelJobByPost");
        jobs.MapPost("/{id}/retry", RetryAsync).RequireScopes(Scopes.WriteJobs).WithSummary("Take a failed or cancelled job up again behind its last complete stages").WithName("retryJob");
        jobs.MapGet("/{id}/events", EventsAsync).RequireScopes(Scopes.ReadJobs).WithSummary("What happened to a job: a list, or a stream of server-sent events").WithName("getJobEvents");
        jobs.MapGet("/{id}/artifacts", ArtifactsAsync).RequireScopes(Scopes.ReadJobs).WithSummary("What a job left behind so far").WithName("listArtifacts");
        jobs.MapMethods("/{id}/artifacts/{name}", ["HEAD"], DownloadAsync).RequireScopes(Scopes.ReadJobs).ExcludeFromDescription();
        jobs.MapGet("/{id}/artifacts/{name}", DownloadAsync).RequireScopes(Scopes.ReadJobs).WithSummary("One artifact, whole or in ranges; large ones may be elsewhere").WithName("getArtifact")
            .Produces(StatusCodes.Status302Found);
    }

    private static Task<Page<JobSummary>> ListAsync(
        HttpContext context, IJobs jobs, CancellationToken cancellationToken, int limit = 50, string? after = null, JobState? state = null, string? video = null) =>
        jobs.ListAsync(context.Caller(), new JobFilter { Limit = limit, After = after, State = state, Video = video }, cancellationToken);

    private static async Task<Results<Ok<Job>, Accepted<Job>>> CreateAsync(
        JobSubmission submission, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, HttpContext context, IJobs jobs, CancellationToken cancellationToken)
    {
        try
        {
            return Answer(await jobs.SubmitAsync(context.Caller(), IdOf(idempotencyKey), submission, cancellationToken));
        }
        catch (ProblemException problem) when (problem.Type == "job-conflict")
        {
            throw new ProblemException(
                422, "idempotency-key-reused", "The Idempotency-Key is taken", "A job with another content was submitted under this Idempotency-Key. Use a new key for a new job.", problem);
        }
    }

    private static async Task<Results<Ok<Job>, Accepted<Job>>> SubmitAsync(string id, JobSubmission submission, HttpContext context, IJobs jobs, CancellationToken cancellationToken) =>
        Answer(await jobs.SubmitAsync(context.Caller(), id, submission, cancellationToken));

    private static async Task<Results<Ok<Job>, StatusCodeHttpResult>> GetAsync(string id, HttpContext context, IJobs jobs, CancellationToken cancellationToken)
    {
        var job = await jobs.GetAsync(context.Caller(), id, cancellationToken);
        // A job that has ended stays as it is until it is retried; before, fractions change without a new event.
        if (job.HasEnded)
        {
            var tag = new EntityTagHeaderValue($"\"{job.Sequence.ToString(CultureInfo.InvariantCulture)}\"", isWeak: true);
            context.Response.Headers.ETag = tag.ToString();
            if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
                return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        return TypedResults.Ok(job);
    }

    private static Task<Job> CancelAsync(string id, HttpContext context, IJobs jobs, CancellationToken cancellationToken) =>
        jobs.CancelAsync(context.Caller(), id, cancellationToken);

    private static Task<Job> RetryAsync(string id, HttpContext context, IJobs jobs, CancellationToken cancellationToken) =>
        jobs.RetryAsync(context.Caller(), id, cancellationToken);

    private static async Task<Results<Ok<IReadOnlyList<JobEvent>>, NoContent, JobStream>> EventsAsync(
        string id, HttpContext context, IJobs jobs, IHostApplicationLifetime lifetime, CancellationToken cancellationToken, long? after = null)
    {
        var caller = context.Caller();
        if (!context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)))
            return TypedResults.Ok(await jobs.EventsAsync(caller, id, after ?? 0, cancellationToken));
        if (context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last)
            after = long.TryParse(last, CultureInfo.InvariantCulture, out var number) ? number : throw Problem.Invalid("Last-Event-ID must be the number of an event.");
        var job = await jobs.GetAsync(caller, id, cancellationToken);
        // A browser opens a stream that has ended again and again, unless it is told that nothing comes any more.
        if (job.HasEnded && after >= job.Sequence)
            return TypedResults.NoContent();
        return new JobStream(jobs, caller, id, after ?? 0, lifetime.ApplicationStopping);
    }

    private static Task<IReadOnlyList<JobArtifact>> ArtifactsAsync(string id, HttpContext context, IJobs jobs, CancellationToken cancellationToken) =>
        jobs.ArtifactsAsync(context.Caller(), id, cancellationToken);

    /// <summary>Pictures and videos in pages of the studio: those may come from this server alone.</summary>
    private static bool IsForAPage(HttpRequest request) => request.Headers["Sec-Fetch-Dest"].ToString() is "image" or "video";

    private static async Task<Results<FileStreamHttpResult, RedirectHttpResult>> DownloadAsync(
        string id, string name, HttpContext context, IJobs jobs, CancellationToken cancellationToken, bool download = false)
    {
        if (!IsForAPage(context.Request) && await jobs.ArtifactAddressAsync(context.Caller(), id, name, download, cancellationToken) is { } address)
        {
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Redirect(address.AbsoluteUri);
        }

        var (artifact, content) = await jobs.OpenArtifactAsync(context.Caller(), id, name, cancellationToken);
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Stream(
            content,
            artifact.ContentType,
            download ? JobArtifacts.FileNameOf(id, artifact) : null,
            entityTag: new EntityTagHeaderValue($"\"{artifact.ArtifactId}\""),
            enableRangeProcessing: true);
    }

    private static Results<Ok<Job>, Accepted<Job>> Answer(Job job) => job.HasEnded ? TypedResults.Ok(job) : TypedResults.Accepted($"/v1/jobs/{job.Id}", job);

    private static string IdOf(string? idempotencyKey) => idempotencyKey switch
    {
        null => $"job-{Guid.CreateVersion7():n}",
        { Length: > 0 and <= 255 } => $"key-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(idempotencyKey)).AsSpan(0, 16))}",
        _ => throw Problem.Invalid("Idempotency-Key must have 1 to 255 characters."),
    };
}
