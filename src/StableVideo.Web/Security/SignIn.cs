using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace StableVideo.Web.Security;

/// <summary>Browsers sign in with an API key once and then hold a cookie; plain pages that work before anything else is loaded.</summary>
internal static class SignIn
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", Page).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/login", EnterAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        routes.MapPost("/logout", LeaveAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
    }

    /// <summary>Only paths of this server: a link can not send anybody elsewhere.</summary>
    public static string Local(string? path) => path is { Length: > 0 } && path[0] == '/' && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : "/";

    private static IResult Page(HttpContext context, IAntiforgery antiforgery, string? to) => Form(context, antiforgery, to, "");

    private static async Task<IResult> EnterAsync(HttpContext context, IAntiforgery antiforgery, KeyStore keys, CancellationToken cancellationToken)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Form(context, antiforgery, null, "The page was open for too long. Try again.");
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var to = form["to"].ToString();
        if (!ApiKey.TryParse(form["key"].ToString().Trim(), out var key) || await keys.FindCallerAsync(key, cancellationToken) is not { } caller)
            return Form(context, antiforgery, to, "This key is not valid: it may be mistyped, revoked or expired.");
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, caller.ToPrincipal(CookieAuthenticationDefaults.AuthenticationScheme));
        return Results.LocalRedirect(Local(to));
    }

    private static async Task<IResult> LeaveAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (await antiforgery.IsRequestValidAsync(context))
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect("/login");
    }

    private static IResult Form(HttpContext context, IAntiforgery antiforgery, string? to, string problem)
    {
        var token = antiforgery.GetAndStoreTokens(context);
        var html = HtmlEncoder.Default;
        context.Response.Headers.CacheControl = "no-store";
        return Results.Content(
            $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in · StableVideo</title>
            <link rel="stylesheet" href="/studio/{Studio.StudioHosting.AssetVersion}/studio.css"><script src="/studio/{Studio.StudioHosting.AssetVersion}/theme.js"></script></head>
            <body><main><h1>Sign in</h1><form method="post" action="/login" class="panel">
            {(problem.Length == 0 ? "" : $"<p class=\"problem\" role=\"alert\">{html.Encode(problem)}</p>")}
            <label>API key <input type="password" name="key" autocomplete="current-password" required autofocus></label>
            <p class="muted">Whoever runs this server gives you one.</p>
            <input type="hidden" name="to" value="{html.Encode(Local(to))}"><input type="hidden" name="{html.Encode(token.FormFieldName)}" value="{html.Encode(token.RequestToken!)}">
            <button type="submit" class="primary">Sign in</button></form></main></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: problem.Length == 0 ? 200 : 401);
    }
}
