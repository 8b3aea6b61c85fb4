using System.Text.Json;
using StableVideo.Cluster;

namespace StableVideo.Gateway;

/// <summary>Jobs over HTTP. All calls but retry are idempotent.</summary>
internal static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs");
        jobs.MapPut("/{id}", SubmitAsync);
        jobs.MapGet("/{id}", async (string id, IGrainFactory grains) => JobView.Of(await Job(grains, id).GetStatus()));
        jobs.MapGet("/{id}/events", (string id, long? after, IGrainFactory grains) => Job(grains, id).GetEvents(after ?? 0));
        jobs.MapPost("/{id}/cancel", async (string id, IGrainFactory grains) => JobView.Of(await Job(grains, id).Cancel()));
        jobs.MapPost("/{id}/retry", async (string id, IGrainFactory grains) => JobView.Of(await Job(grains, id).Retry()));
        routes.MapGet("/v1/queue", (IGrainFactory grains) => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.DefaultPool).GetStatus());
    }

    private static async Task<IResult> SubmitAsync(string id, JobSubmission submission, IGrainFactory grains)
    {
        var status = await Job(grains, id).Submit(new JobRequest
        {
            Video = submission.Video,
            Mask = submission.Mask,
            MaskKind = submission.MaskKind ?? "None",
            Settings = submission.Settings.GetRawText(),
            Priority = submission.Priority,
        });
        return status.HasEnded ? Results.Ok(JobView.Of(status)) : Results.Accepted($"/v1/jobs/{id}", JobView.Of(status));
    }

    private static IVideoJobGrain Job(IGrainFactory grains, string id) => grains.GetGrain<IVideoJobGrain>(id);
}

/// <summary>The body of a submission: artifact ids and edit settings.</summary>
internal sealed record JobSubmission(string Video, string? Mask, string? MaskKind, JsonElement Settings, int Priority = 0);

/// <summary>A job as clients see it: its status, with the settings as an object.</summary>
internal sealed record JobView(
    string Id,
    JobState State,
    long Sequence,
    string? Error,
    DateTimeOffset SubmittedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    JobSubmission Request,
    IReadOnlyList<StageStatus> Stages)
{
    public static JobView Of(JobStatus status) => new(
        status.JobId,
        status.State,
        status.Sequence,
        status.Error,
        status.SubmittedAt,
        status.StartedAt,
        status.EndedAt,
        new JobSubmission(status.Request.Video, status.Request.Mask, status.Request.MaskKind, JsonSerializer.Deserialize<JsonElement>(status.Request.Settings), status.Request.Priority),
        status.Stages);
}
