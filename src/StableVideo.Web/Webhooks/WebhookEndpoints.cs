using Microsoft.AspNetCore.Http.HttpResults;
using StableVideo.Client;
using StableVideo.Web.Api.OpenApi;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Webhooks;

/// <summary>A tenant's webhooks over HTTP.</summary>
internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var webhooks = routes.MapGroup("/v1/webhooks").WithTags("Webhooks");
        webhooks.MapGet("/", (HttpContext context, WebhookService service, CancellationToken cancellationToken) =>
                Guarded.CallAsync(() => service.ListAsync(context.Caller(), cancellationToken), cancellationToken))
            .RequireScopes(Scopes.WriteWebhooks).WithSummary("Addresses that are told what happens to jobs").WithName("listWebhooks");
        webhooks.MapPost("/", AddAsync).RequireScopes(Scopes.WriteWebhooks).WithMetadata(new ProblemStatuses(409))
            .WithSummary("Make a webhook; its secret is shown this once").WithName("createWebhook");
        webhooks.MapDelete("/{id}", DeleteAsync).RequireScopes(Scopes.WriteWebhooks).WithSummary("Delete a webhook").WithName("deleteWebhook");
        webhooks.MapPost("/{id}/secret", RotateAsync).RequireScopes(Scopes.WriteWebhooks)
            .WithSummary("Make a new secret; the former one signs too for a day").WithName("rotateWebhookSecret");
        webhooks.MapPost("/{id}/enable", (string id, HttpContext context, WebhookService service, CancellationToken cancellationToken) =>
                Guarded.CallAsync(() => service.EnableAsync(context.Caller(), id, cancellationToken), cancellationToken))
            .RequireScopes(Scopes.WriteWebhooks).WithSummary("Take a disabled webhook into use again").WithName("enableWebhook");
        webhooks.MapPost("/{id}/test", (string id, HttpContext context, WebhookService service, CancellationToken cancellationToken) =>
                Guarded.CallAsync(() => service.TestAsync(context.Caller(), id, cancellationToken), cancellationToken))
            .RequireScopes(Scopes.WriteWebhooks).WithSummary("Send the event webhook.test now and see how it goes").WithName("testWebhook");
        webhooks.MapGet("/{id}/deliveries", (string id, HttpContext context, WebhookService service, CancellationToken cancellationToken) =>
                Guarded.CallAsync(() => service.DeliveriesAsync(context.Caller(), id, cancellationToken), cancellationToken))
            .RequireScopes(Scopes.WriteWebhooks).WithSummary("The last fifty events and how their delivery went").WithName("listWebhookDeliveries");
    }

    private static async Task<Created<NewWebhook>> AddAsync(WebhookRequest request, HttpContext context, WebhookService service, CancellationToken cancellationToken)
    {
        var made = await Guarded.CallAsync(() => service.AddAsync(context.Caller(), request, cancellationToken), cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/v1/webhooks/{made.Webhook.Id}", made);
    }

    private static async Task<Ok<NewWebhook>> RotateAsync(string id, HttpContext context, WebhookService service, CancellationToken cancellationToken)
    {
        var made = await Guarded.CallAsync(() => service.RotateAsync(context.Caller(), id, cancellationToken), cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(made);
    }

    private static async Task<NoContent> DeleteAsync(string id, HttpContext context, WebhookService service, CancellationToken cancellationToken)
    {
        _ = await Guarded.CallAsync(() => service.DeleteAsync(context.Caller(), id, cancellationToken), cancellationToken);
        return TypedResults.NoContent();
    }
}
