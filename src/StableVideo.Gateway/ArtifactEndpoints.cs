using Microsoft.AspNetCore.Http.Features;
using StableVideo.Storage;

namespace StableVideo.Gateway;

/// <summary>Artifacts over HTTP: uploads name themselves by their content, downloads can be resumed.</summary>
internal static class ArtifactEndpoints
{
    private const long LargestUpload = 4L << 30;

    public static void MapArtifacts(this IEndpointRouteBuilder routes)
    {
        var artifacts = routes.MapGroup("/v1/artifacts");
        artifacts.MapPost("/", UploadAsync);
        artifacts.MapGet("/{id}", DownloadAsync);
    }

    private static async Task<IResult> UploadAsync(HttpContext context, IArtifactStore store, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestUpload;
        var id = await store.PutAsync(context.Request.Body, cancellationToken);
        return Results.Created($"/v1/artifacts/{id}", new UploadedArtifact(id));
    }

    private static async Task<IResult> DownloadAsync(string id, IArtifactStore store, CancellationToken cancellationToken) =>
        Results.Stream(await store.OpenReadAsync(ArtifactId.Parse(id), cancellationToken), "application/octet-stream", enableRangeProcessing: true);
}

/// <summary>What an upload answers.</summary>
internal sealed record UploadedArtifact(ArtifactId Id);
