using StableVideo.Cluster;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Api;

/// <summary>The queue, the models, and whether this process can serve.</summary>
internal static class ClusterEndpoints
{
    private static readonly TimeSpan ReadinessPatience = TimeSpan.FromSeconds(3);

    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/queue", (HttpContext context, IJobs jobs, CancellationToken cancellationToken) => jobs.QueueAsync(context.Caller(), cancellationToken))
            .RequireScopes(Scopes.ReadQueue).WithTags("Cluster").WithSummary("What waits, and the silos").WithName("getQueue");
        routes.MapGet("/v1/models", (HttpContext context, IJobs jobs, CancellationToken cancellationToken) => jobs.ModelsAsync(context.Caller(), cancellationToken))
            .RequireScopes(Scopes.ReadQueue).WithTags("Cluster").WithSummary("Image models that jobs may name").WithName("listModels");
        routes.MapGet("/healthz", () => Results.Ok()).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/readyz", ReadyAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ReadyAsync(IGrainFactory grains, CancellationToken cancellationToken)
    {
        try
        {
            _ = await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.DefaultPool).GetStatus().WaitAsync(ReadinessPatience, cancellationToken);
            return Results.Ok();
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }
}
