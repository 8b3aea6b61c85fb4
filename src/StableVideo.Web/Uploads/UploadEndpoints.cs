using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using StableVideo.Client;
using StableVideo.Web.Api.OpenApi;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Uploads;

/// <summary>Uploads that can be resumed: tus 1.0 with creation, creation-with-upload, checksum, expiration and termination.</summary>
internal static class UploadEndpoints
{
    private static readonly HeaderParameter Version = new(TusHeaders.Resumable, "1.0.0", true);
    private static readonly HeaderParameter Metadata = new("Upload-Metadata", "Keys with values in Base64: filename and purpose (Clip or Mask).", false);
    private static readonly HeaderParameter Checksum = new("Upload-Checksum", "sha1 or sha256, a blank, and the hash of the body in Base64.", false);

    public static void MapUploads(this IEndpointRouteBuilder routes)
    {
        var uploads = routes.MapGroup("/v1/uploads").WithTags("Uploads").AddEndpointFilter(new TusFilter());
        uploads.MapMethods("/", ["OPTIONS"], () => Results.NoContent()).AllowAnonymous().WithSummary("What this server knows of tus").WithName("getUploadOptions")
            .Produces(StatusCodes.Status204NoContent);
        uploads.MapPost("/", CreateAsync).RequireScopes(Scopes.WriteVideos).WithSummary("Begin an upload that can be resumed").WithName("createUpload")
            .Produces(StatusCodes.Status201Created)
            .WithMetadata(Version, new HeaderParameter("Upload-Length", "Bytes of the whole file.", true), Metadata, Checksum)
            .WithMetadata(new BytesBody(false, TusHeaders.ContentType), new ProblemStatuses(412, 413, 460, 507));
        uploads.MapGet("/{id}", DescribeAsync).RequireScopes(Scopes.WriteVideos).WithSummary("Where an upload stands, and the video it became").WithName("getUpload")
            .WithMetadata(new ProblemStatuses(410));
        uploads.MapMethods("/{id}", ["HEAD"], OffsetAsync).RequireScopes(Scopes.WriteVideos).WithSummary("How many bytes have arrived: the header Upload-Offset").WithName("getUploadOffset")
            .Produces(StatusCodes.Status200OK).WithMetadata(Version, new ProblemStatuses(410, 412));
        uploads.MapPatch("/{id}", AppendAsync).RequireScopes(Scopes.WriteVideos).WithSummary("Send bytes from the offset on").WithName("continueUpload")
            .Produces(StatusCodes.Status204NoContent)
            .WithMetadata(Version, new HeaderParameter("Upload-Offset", "Where the upload stands.", true), Checksum)
            .WithMetadata(new BytesBody(true, TusHeaders.ContentType), new ProblemStatuses(409, 410, 412, 413, 415, 460, 507));
        uploads.MapDelete("/{id}", DeleteAsync).RequireScopes(Scopes.WriteVideos).WithSummary("Give an upload up").WithName("deleteUpload")
            .Produces(StatusCodes.Status204NoContent).WithMetadata(Version, new ProblemStatuses(410, 412));
        uploads.MapPost("/{id}", OverrideAsync).RequireScopes(Scopes.WriteVideos).ExcludeFromDescription();
    }

    /// <summary>Begins an upload where a whole file could have been sent as well.</summary>
    public static Task<IResult> CreateResumableAsync(
        HttpContext context, UploadService uploads, VideoPurpose? purpose, string? name, CancellationToken cancellationToken)
    {
        TusFilter.Check(context);
        return CreateAsync(context, uploads, cancellationToken, purpose, name);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, UploadService uploads, CancellationToken cancellationToken, VideoPurpose? purpose = null, string? name = null)
    {
        var request = context.Request;
        if (request.Headers.ContainsKey("Upload-Defer-Length"))
            throw Problem.Invalid("The length must be known at the beginning: give Upload-Length instead of Upload-Defer-Length.");
        var length = TusHeaders.Bytes(request, "Upload-Length");
        var header = request.Headers["Upload-Metadata"].ToString();
        var metadata = TusHeaders.Metadata(header);
        var upload = (await uploads.CreateAsync(
            context.Caller(),
            length,
            purpose ?? TusHeaders.Purpose(metadata) ?? VideoPurpose.Clip,
            name ?? metadata.GetValueOrDefault("filename") ?? metadata.GetValueOrDefault("name"),
            header.Length > 0 ? header : null,
            cancellationToken)).Record;
        context.Response.Headers.Location = $"/v1/uploads/{upload.Id}";
        if (IsBytes(request))
        {
            AllowAnyLength(context);
            upload = await uploads.AppendAsync(context.Caller(), upload.Id, 0, request.Body, TusHeaders.Checksum(request.Headers["Upload-Checksum"].ToString()), cancellationToken);
        }

        Say(context, upload);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    private static Task<Upload> DescribeAsync(string id, HttpContext context, UploadService uploads, CancellationToken cancellationToken) =>
        uploads.DescribeAsync(context.Caller(), id, cancellationToken);

    private static async Task<IResult> OffsetAsync(string id, HttpContext context, UploadService uploads, CancellationToken cancellationToken)
    {
        var upload = (await uploads.FindAsync(context.Caller(), id, cancellationToken)).Record;
        Say(context, upload);
        context.Response.Headers["Upload-Length"] = upload.Length.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
        if (upload.Metadata is not null)
            context.Response.Headers["Upload-Metadata"] = upload.Metadata;
        return Results.Ok();
    }

    private static async Task<IResult> AppendAsync(string id, HttpContext context, UploadService uploads, CancellationToken cancellationToken)
    {
        if (!IsBytes(context.Request))
            throw UploadProblems.WrongType();
        AllowAnyLength(context);
        var headers = context.Request.Headers;
        var upload = await uploads.AppendAsync(
            context.Caller(), id, TusHeaders.Bytes(context.Request, "Upload-Offset"), context.Request.Body, TusHeaders.Checksum(headers["Upload-Checksum"].ToString()), cancellationToken);
        Say(context, upload);
        return Results.NoContent();
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext context, UploadService uploads, CancellationToken cancellationToken)
    {
        await uploads.DeleteAsync(context.Caller(), id, cancellationToken);
        return Results.NoContent();
    }

    /// <summary>For senders that can only POST.</summary>
    private static Task<IResult> OverrideAsync(string id, HttpContext context, UploadService uploads, CancellationToken cancellationToken) =>
        context.Request.Headers["X-HTTP-Method-Override"].ToString().ToUpperInvariant() switch
        {
            "PATCH" => AppendAsync(id, context, uploads, cancellationToken),
            "DELETE" => DeleteAsync(id, context, uploads, cancellationToken),
            _ => throw Problem.Invalid("Use PATCH to continue an upload, or POST with the header X-HTTP-Method-Override: PATCH."),
        };

    private static bool IsBytes(HttpRequest request) =>
        request.ContentType?.Split(';')[0].Trim().Equals(TusHeaders.ContentType, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The length was announced and is counted.</summary>
    private static void AllowAnyLength(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
    }

    private static void Say(HttpContext context, UploadRecord upload)
    {
        var headers = context.Response.Headers;
        headers["Upload-Offset"] = upload.Offset.ToString(CultureInfo.InvariantCulture);
        headers["Upload-Expires"] = upload.ExpiresAt.ToString("R", CultureInfo.InvariantCulture);
    }
}
