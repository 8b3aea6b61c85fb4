using Microsoft.AspNetCore.Authorization;

namespace StableVideo.Web.Security;

/// <summary>What a route asks of its callers.</summary>
/// <param name="Scopes">All of these.</param>
internal sealed record ScopeRequirement(Scopes Scopes) : IAuthorizationRequirement;

/// <summary>Lets callers with the scopes of a route in.</summary>
internal sealed class ScopeHandler : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (CallerClaims.Of(context.User)?.May(requirement.Scopes) == true)
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>Says on a route what it asks of its callers. A route that says nothing lets nobody in.</summary>
internal static class ScopeConventions
{
    public static TBuilder RequireScopes<TBuilder>(this TBuilder route, Scopes scopes)
        where TBuilder : IEndpointConventionBuilder =>
        route.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(scopes))).WithMetadata(new ScopeRequirement(scopes));
}
