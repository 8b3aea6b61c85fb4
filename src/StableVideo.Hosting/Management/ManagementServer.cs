using System.Net;
using OpenTelemetry.Metrics;

namespace StableVideo.Hosting;

/// <summary>Further routes of the management endpoint.</summary>
public interface IManagementRoutes
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">The endpoint, which asks for no key.</param>
    void Map(IEndpointRouteBuilder routes);
}

/// <summary>
/// Answers, on a port of its own: <c>/livez</c>, whether the process answers at all; <c>/readyz</c>, whether it can serve, and else why not;
/// <c>/metrics</c>, for Prometheus. Apart from the host's own web server, so that no key and no limit of that one counts here, and hosts without one have it too.
/// </summary>
internal sealed partial class ManagementServer(IServiceProvider host, ManagementSettings settings, Readiness readiness, ILogger<ManagementServer> logger) : IHostedService
{
    private WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Port is not { } port)
            return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(settings.Address), port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, Unmanaged>();
        var app = builder.Build();
        app.UseRouting();
        if (host.GetService<MeterProvider>() is { } meters)
            app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, predicate: null, "/metrics", configureBranchedPipeline: null, optionsName: null);
        app.MapGet("/livez", (HttpContext context) => context.Response.WriteAsync("ok\n"));
        app.MapGet("/readyz", AnswerReadyAsync);
        foreach (var routes in host.GetServices<IManagementRoutes>())
            routes.Map(app);
        _app = app;
        await app.StartAsync(cancellationToken);
        var address = app.Urls.First();
        LogListening(logger, address);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_app is null)
            return;
        await _app.StopAsync(cancellationToken);
        await _app.DisposeAsync();
    }

    private async Task AnswerReadyAsync(HttpContext context)
    {
        var troubles = await readiness.FindTroublesAsync(context.RequestAborted);
        context.Response.StatusCode = troubles.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync(troubles.Count == 0 ? "ok\n" : string.Concat(troubles.Select(trouble => $"{trouble.Key}: {trouble.Value}\n")));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Management endpoint on {Address}: /livez, /readyz, /metrics")]
    private static partial void LogListening(ILogger logger, string address);

    /// <summary>Signals concern the host; this server ends with it.</summary>
    private sealed class Unmanaged : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
