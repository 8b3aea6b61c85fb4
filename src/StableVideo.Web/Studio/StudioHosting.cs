using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using StableVideo.Web.Security;

namespace StableVideo.Web.Studio;

/// <summary>The studio: pages for people, rendered here and kept live over one connection. All it needs is embedded in this library.</summary>
internal static class StudioHosting
{
    private const string AssetPrefix = "StudioAssets.";

    /// <summary>Changes with the assets, so that browsers keep them for good.</summary>
    public static string AssetVersion { get; } = HashOfAssets();

    public static void AddStudio(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
    }

    public static void MapStudio(this WebApplication app)
    {
        app.UseAntiforgery();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireScopes(Scopes.ReadJobs | Scopes.ReadVideos);
        app.MapGet("/_framework/blazor.web.js", () => Asset("blazor.web.js")).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/studio/{version}/{name}", (string name) => Asset(name)).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/favicon.ico", () => Asset("icon.svg")).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Asset(string name)
    {
        var stream = typeof(StudioHosting).Assembly.GetManifestResourceStream(AssetPrefix + name);
        if (stream is null)
            return Results.NotFound();
        return new Cached(Results.Stream(stream, Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        }));
    }

    private static string HashOfAssets()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assembly = typeof(StudioHosting).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(AssetPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }

    private sealed class Cached(IResult inner) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = TimeSpan.FromDays(httpContext.Request.Path.StartsWithSegments("/studio") ? 365 : 0) };
            return inner.ExecuteAsync(httpContext);
        }
    }
}
