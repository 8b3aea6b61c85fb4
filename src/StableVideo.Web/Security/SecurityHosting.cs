using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StableVideo.Storage;
using StableVideo.Web.Api;
using StableVideo.Web.Services;

namespace StableVideo.Web.Security;

/// <summary>Who is let in, and what they may do.</summary>
internal static class SecurityHosting
{
    private const string Chosen = "Chosen";

    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AuthSettings>().Bind(builder.Configuration.GetSection("Auth")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthSettings>, AuthSettingsRules>();
        services.TryAddSingleton(provider => new KeyStore(provider.GetRequiredService<ITenantStores>().System, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IMediaInspector, MediaInspector>();
        services.ConfigureOptions<TokenAuthentication>();
        services.AddDataProtection().SetApplicationName("stablevideo");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, StoreKeyRing>();
        services.AddAuthentication(options => options.DefaultScheme = Chosen)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.SchemeName, null)
            .AddJwtBearer()
            .AddCookie(ConfigureCookie)
            .AddPolicyScheme(Chosen, null, options => options.ForwardDefaultSelector = Choose);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
        services.AddHostedService<LoopbackCheck>();
        services.AddRateLimits();
        services.Configure<KestrelServerOptions>(LimitConnections);
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.Use(SecurityHeaders.AddAsync);
        app.Use(GuardAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
    }

    public static void MapSecurity(this WebApplication app)
    {
        app.MapKeys();
        app.MapSignIn();
    }

    private static void ConfigureCookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "stablevideo";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.SlidingExpiration = true;
        // A key that was revoked or has expired signs its browsers out as well.
        options.Events.OnValidatePrincipal = async context =>
        {
            var keys = context.HttpContext.RequestServices.GetRequiredService<KeyStore>();
            if (CallerClaims.Of(context.Principal!) is not { KeyId: { } id } || await keys.FindByIdAsync(id, context.HttpContext.RequestAborted) is not { } caller)
                context.RejectPrincipal();
            else
                context.ReplacePrincipal(caller.ToPrincipal(CookieAuthenticationDefaults.AuthenticationScheme));
        };
    }

    /// <summary>Who sends too slowly is cut off: a connection costs memory.</summary>
    private static void LimitConnections(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 4096;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MaxRequestBodySize = 1 << 20;
    }

    private static string Choose(HttpContext context)
    {
        var settings = context.RequestServices.GetRequiredService<IOptions<AuthSettings>>().Value;
        if (settings.Mode == AuthMode.None)
            return LocalAuthentication.SchemeName;
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return CookieAuthenticationDefaults.AuthenticationScheme;
        return settings.Jwt.Authority is not null && !header.StartsWith("Bearer sv_", StringComparison.OrdinalIgnoreCase) ? JwtBearerDefaults.AuthenticationScheme : ApiKeyAuthentication.SchemeName;
    }

    private static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var isOpen = context.RequestServices.GetRequiredService<IOptions<AuthSettings>>().Value.Mode == AuthMode.None;
        var refused = isOpen ? LoopbackGuard.Refusal(context.Request) : context.Request.Headers.Authorization.Count == 0 ? LoopbackGuard.ForeignPage(context.Request) : null;
        if (refused is { } refusal)
            await context.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(context, new ProblemException(403, "foreign-request", "The request is refused", refusal));
        else
            await next(context);
    }
}
