using System.Globalization;
using Microsoft.Extensions.Options;
using StableVideo.Web.Hosting;

namespace StableVideo.Web.Uploads;

/// <summary>Says on every answer which version of tus this is, and refuses others. GET is no part of tus and needs no version.</summary>
internal sealed class TusFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        Check(context.HttpContext);
        return await next(context);
    }

    /// <exception cref="Services.ProblemException">The sender speaks another version.</exception>
    public static void Check(HttpContext context)
    {
        Announce(context);
        var request = context.Request;
        if (!HttpMethods.IsOptions(request.Method) && !HttpMethods.IsGet(request.Method) && request.Headers[TusHeaders.Resumable] != TusHeaders.Version)
            throw UploadProblems.WrongVersion();
    }

    /// <summary>Adds the headers when the answer is sent, since an error clears what was set before.</summary>
    private static void Announce(HttpContext context)
    {
        var largest = context.RequestServices.GetRequiredService<IOptions<WebSettings>>().Value.LargestUpload;
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers[TusHeaders.Resumable] = TusHeaders.Version;
            if (HttpMethods.IsOptions(context.Request.Method) || context.Response.StatusCode == StatusCodes.Status412PreconditionFailed)
                headers["Tus-Version"] = TusHeaders.Version;
            if (!HttpMethods.IsOptions(context.Request.Method))
                return Task.CompletedTask;
            headers["Tus-Extension"] = TusHeaders.Extensions;
            headers["Tus-Checksum-Algorithm"] = TusHeaders.Algorithms;
            headers["Tus-Max-Size"] = largest.ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
    }
}
