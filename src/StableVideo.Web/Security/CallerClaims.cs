using System.Security.Claims;

namespace StableVideo.Web.Security;

/// <summary>A <see cref="Caller"/> as claims and back.</summary>
public static class CallerClaims
{
    internal const string Tenant = "stablevideo:tenant";
    internal const string Key = "stablevideo:key";
    internal const string Scope = "stablevideo:scope";

    /// <summary>Who sends the request.</summary>
    /// <exception cref="InvalidOperationException">The route lets strangers in: it must not ask.</exception>
    public static Caller Caller(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Of(context.User) ?? throw new InvalidOperationException("The request has no caller.");
    }

    /// <summary>Who a principal is; <see langword="null"/> for a stranger.</summary>
    public static Caller? Of(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return principal.FindFirst(Tenant) is { } tenant
            ? new Caller(tenant.Value, principal.FindFirst(Key)?.Value, ScopeNames.Parse(principal.FindAll(Scope).Select(claim => claim.Value)))
            : null;
    }

    internal static ClaimsPrincipal ToPrincipal(this Caller caller, string authenticationType)
    {
        var claims = ScopeNames.List(caller.Scopes).Select(scope => new Claim(Scope, scope)).Prepend(new Claim(Tenant, caller.Tenant));
        if (caller.KeyId is not null)
            claims = claims.Append(new Claim(Key, caller.KeyId));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, authenticationType, nameType: Key, roleType: null));
    }
}
