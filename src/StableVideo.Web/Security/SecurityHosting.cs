using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StableVideo.Storage;
using StableVideo.Web.Api;
using StableVideo.Web.Services;

namespace StableVideo.Web.Security;

/// <summary>Who is let in, and what they may do.</summary>
internal static class SecurityHosting
{
    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<AuthSettings>(builder.Configuration.GetSection("Auth"));
        services.TryAddSingleton(provider => new KeyStore(provider.GetRequiredService<ITenantStores>().System, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IMediaInspector, MediaInspector>();
        services.AddAuthentication(options => options.DefaultScheme = "Chosen")
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.SchemeName, null)
            .AddPolicyScheme("Chosen", null, options => options.ForwardDefaultSelector = Choose);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
        services.AddHostedService<LoopbackCheck>();
    }

    public static void UseSecurity(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<AuthSettings>>().Value.Mode == AuthMode.None)
            app.Use(GuardAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static string Choose(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<AuthSettings>>().Value.Mode == AuthMode.None ? LocalAuthentication.SchemeName : ApiKeyAuthentication.SchemeName;

    private static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (LoopbackGuard.Refusal(context.Request) is { } refusal)
            await context.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(context, new ProblemException(403, "foreign-request", "The request is refused", refusal));
        else
            await next(context);
    }
}
