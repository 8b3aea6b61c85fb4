using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using StableVideo.Storage;

namespace StableVideo.Web.Security;

/// <summary>How tokens of an OpenID Connect issuer become callers.</summary>
internal sealed class TokenAuthentication(IOptions<AuthSettings> settings) : IConfigureNamedOptions<JwtBearerOptions>
{
    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name == JwtBearerDefaults.AuthenticationScheme)
            Configure(options);
    }

    public void Configure(JwtBearerOptions options)
    {
        var jwt = settings.Value.Jwt;
        if (jwt.Authority is null)
            return;
        (options.Authority, options.Audience, options.MapInboundClaims) = (jwt.Authority, jwt.Audience, false);
        options.TokenValidationParameters.ValidAudience = jwt.Audience;
        options.TokenValidationParameters.ClockSkew = TimeSpan.FromSeconds(30);
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (CallerOf(context.Principal!, jwt) is { } caller)
                    context.Principal = caller.ToPrincipal(JwtBearerDefaults.AuthenticationScheme);
                else
                    context.Fail($"The token names no tenant in the claim '{jwt.TenantClaim}'.");
                return Task.CompletedTask;
            },
        };
    }

    private static Caller? CallerOf(ClaimsPrincipal principal, JwtSettings jwt)
    {
        var tenant = principal.FindFirst(jwt.TenantClaim)?.Value;
        if (!TenantName.IsValid(tenant))
            return null;
        var words = principal.FindAll(jwt.ScopeClaim).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return new Caller(tenant!, principal.FindFirst("sub")?.Value ?? "token", ScopeNames.Parse(words));
    }
}

/// <summary>Refuses settings that would let in more than was meant.</summary>
internal sealed class AuthSettingsRules : IValidateOptions<AuthSettings>
{
    public ValidateOptionsResult Validate(string? name, AuthSettings options)
    {
        if (options.Jwt.Authority is not null && string.IsNullOrWhiteSpace(options.Jwt.Audience))
            return ValidateOptionsResult.Fail("Auth:Jwt:Authority is set without Auth:Jwt:Audience: tokens that the issuer made for others would be accepted. Set the audience.");
        if (options.Jwt.Authority is { } authority && !authority.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return ValidateOptionsResult.Fail($"Auth:Jwt:Authority is '{authority}' but must begin with https://.");
        return options.Jwt.Authority is not null && options.Mode == AuthMode.None
            ? ValidateOptionsResult.Fail("Auth:Jwt:Authority is set but Auth:Mode is None, which lets everybody in. Set Auth:Mode to Keys.")
            : ValidateOptionsResult.Success;
    }
}
