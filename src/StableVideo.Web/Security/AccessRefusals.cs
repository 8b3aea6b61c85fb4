using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using StableVideo.Web.Api;
using StableVideo.Web.Services;

namespace StableVideo.Web.Security;

/// <summary>Says in words why somebody was not let in.</summary>
internal sealed class AccessRefusals(ProblemWriter problems) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // No route, or none for the method: said further on.
        if (authorizeResult.Succeeded || context.GetEndpoint() is not RouteEndpoint)
        {
            await next(context);
            return;
        }

        if (CallerClaims.Of(context.User) is null)
        {
            if (IsPage(context.Request))
            {
                context.Response.Redirect($"/login?to={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
                return;
            }

            context.Response.Headers.WWWAuthenticate = "Bearer";
            await problems.WriteAsync(context, new ProblemException(
                401, "unauthenticated", "Who are you?", "Send an API key that is valid: the header Authorization: Bearer sv_... Keys are made with 'stablevideo keys add'."));
            return;
        }

        var missing = context.GetEndpoint()?.Metadata.GetMetadata<ScopeRequirement>()?.Scopes ?? Scopes.None;
        await problems.WriteAsync(context, Problem.MissingScope(missing));
    }

    /// <summary>Whether a person looks for a page of the studio.</summary>
    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && !request.Path.StartsWithSegments("/v1")
        && request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
}
