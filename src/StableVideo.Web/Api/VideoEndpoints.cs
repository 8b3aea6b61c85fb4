using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using StableVideo.Client;
using StableVideo.Web.Api.OpenApi;
using StableVideo.Web.Security;
using StableVideo.Web.Services;
using StableVideo.Web.Uploads;

namespace StableVideo.Web.Api;

/// <summary>Clips and masks over HTTP.</summary>
internal static class VideoEndpoints
{
    public static void MapVideos(this IEndpointRouteBuilder routes)
    {
        var videos = routes.MapGroup("/v1/videos").WithTags("Videos");
        videos.MapGet("/", ListAsync).RequireScopes(Scopes.ReadVideos).WithSummary("Uploaded clips or masks, latest first").WithName("listVideos");
        videos.MapPost("/", AddAsync).RequireScopes(Scopes.WriteVideos).WithSummary("Upload a clip or mask as the body of one request; with the header Tus-Resumable, begin an upload that can be resumed")
            .Produces<Video>(StatusCodes.Status201Created).WithName("addVideo")
            .WithMetadata(new BytesBody(true, "application/octet-stream", "video/mp4", "image/png"), new ProblemStatuses(413, 422, 507));
        videos.MapGet("/{id}", GetAsync).RequireScopes(Scopes.ReadVideos).WithSummary("What is known of a clip or mask").WithName("getVideo");
        videos.MapMethods("/{id}/content", ["HEAD"], ContentAsync).RequireScopes(Scopes.ReadVideos).ExcludeFromDescription();
        videos.MapGet("/{id}/content", ContentAsync).RequireScopes(Scopes.ReadVideos).WithSummary("The file as it was uploaded, whole or in ranges").WithName("getVideoContent");
        videos.MapGet("/{id}/frames/{frame:int}", FrameAsync).RequireScopes(Scopes.ReadVideos).WithSummary("One frame as JPEG").WithName("getVideoFrame");
        videos.MapPost("/{id}/outline", OutlineAsync).RequireScopes(Scopes.WriteVideos | Scopes.ReadVideos)
            .WithSummary("Find the outline of the object in a box of a frame, as a mark for a job").WithName("outlineObject");
        videos.MapGet("/{id}/decomposition", DecompositionAsync).RequireScopes(Scopes.ReadVideos | Scopes.ReadJobs)
            .WithSummary("Atlases and figures of the latest job that has solved for the clip's layers").WithName("getVideoDecomposition");
    }

    private static Task<Page<Video>> ListAsync(
        HttpContext context, IVideos videos, CancellationToken cancellationToken, VideoPurpose purpose = VideoPurpose.Clip, int limit = 50, string? after = null) =>
        videos.ListAsync(context.Caller(), purpose, limit, after, cancellationToken);

    private static async Task<IResult> AddAsync(
        HttpContext context, IVideos videos, UploadService uploads, CancellationToken cancellationToken, VideoPurpose? purpose = null, string? name = null)
    {
        if (context.Request.Headers.ContainsKey(TusHeaders.Resumable))
            return await UploadEndpoints.CreateResumableAsync(context, uploads, purpose, name, cancellationToken);
        // The service counts bytes itself, and says what is allowed.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        var video = await videos.AddAsync(context.Caller(), context.Request.Body, purpose ?? VideoPurpose.Clip, name, cancellationToken);
        return TypedResults.Created($"/v1/videos/{video.Id}", video);
    }

    private static Task<Video> GetAsync(string id, HttpContext context, IVideos videos, CancellationToken cancellationToken) =>
        videos.GetAsync(context.Caller(), id, cancellationToken);

    private static async Task<FileStreamHttpResult> ContentAsync(string id, HttpContext context, IVideos videos, CancellationToken cancellationToken)
    {
        var video = await videos.GetAsync(context.Caller(), id, cancellationToken);
        Immutable(context);
        return TypedResults.Stream(
            await videos.OpenAsync(context.Caller(), id, cancellationToken), TypeOf(video), entityTag: new EntityTagHeaderValue($"\"{video.Id}\""), enableRangeProcessing: true);
    }

    private static async Task<FileContentHttpResult> FrameAsync(string id, int frame, HttpContext context, IVideos videos, CancellationToken cancellationToken, int width = 320)
    {
        var jpeg = await videos.FrameAsync(context.Caller(), id, frame, width, cancellationToken);
        Immutable(context);
        return TypedResults.Bytes(jpeg, "image/jpeg");
    }

    private static Task<Video> OutlineAsync(string id, FrameBox box, HttpContext context, IVideos videos, CancellationToken cancellationToken) =>
        videos.OutlineAsync(context.Caller(), id, box, cancellationToken);

    private static async Task<VideoDecomposition> DecompositionAsync(string id, HttpContext context, IVideos videos, CancellationToken cancellationToken) =>
        await videos.DecompositionAsync(context.Caller(), id, cancellationToken)
        ?? throw new ProblemException(404, "not-decomposed", "No job has solved for the layers of this clip yet", "Submit a job for it; the layers are there once its stage Decompose is complete.");

    private static void Immutable(HttpContext context) => context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";

    private static string TypeOf(Video video) => Path.GetExtension(video.Name ?? "").ToLowerInvariant() switch
    {
        ".mov" => "video/quicktime",
        ".webm" => "video/webm",
        ".mkv" => "video/x-matroska",
        ".avi" => "video/x-msvideo",
        ".gif" => "image/gif",
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        _ => video.FrameRate == 0 ? "image/png" : "video/mp4",
    };
}
