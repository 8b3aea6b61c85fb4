using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace StableVideo.Web.Security;

/// <summary>
/// Keeps a server that asks for no keys to the machine it runs on: it binds loopback addresses only, is called by a loopback name only (a page elsewhere
/// could point its own name here), and other sites' pages can not make it change anything.
/// </summary>
internal static class LoopbackGuard
{
    /// <summary>Whether an address to listen on is a loopback address.</summary>
    public static bool IsLoopback(string url)
    {
        var address = BindingAddress.Parse(url);
        return address.IsUnixPipe || address.IsNamedPipe || IsLoopbackHost(address.Host);
    }

    public static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Why a request is refused by a server without keys; <see langword="null"/> when it is not.</summary>
    public static string? Refusal(HttpRequest request) => IsLoopbackHost(request.Host.Host)
        ? ForeignPage(request)
        : "This server serves only the machine it runs on. Call it as localhost, or set Auth:Mode to Keys.";

    /// <summary>Why a request that brings no key of its own, but what the browser adds to it, is refused; <see langword="null"/> when it is not.</summary>
    public static string? ForeignPage(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return null;
        var origin = request.Headers.Origin.ToString();
        var isForeign = request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site"
            || (origin.Length > 0 && (!Uri.TryCreate(origin, UriKind.Absolute, out var from) || !from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)));
        return isForeign ? "A page of another site may not change anything here." : null;
    }
}

/// <summary>Refuses to go on when a server without authentication listens where others could reach it.</summary>
internal sealed class LoopbackCheck(IServer server, IOptions<AuthSettings> settings) : IHostedLifecycleService
{
    /// <summary>Looks at what was bound in the end, wherever it was configured.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var open = settings.Value.Mode == AuthMode.None
            ? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(address => !LoopbackGuard.IsLoopback(address))
            : null;
        return open is null ? Task.CompletedTask : throw new InvalidOperationException(Refusal(open));
    }

    public static string Refusal(string address) =>
        $"The server would listen on {address}, where anybody could use it: no authentication is set up. Set Auth:Mode to Keys and make a key (stablevideo keys add), or listen on http://127.0.0.1:8080.";

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
