using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StableVideo.Cli.Failures;
using StableVideo.Cluster;
using StableVideo.Hosting;
using StableVideo.Storage;
using StableVideo.Web.Hosting;

namespace StableVideo.Cli.Server;

/// <summary>A whole cluster with its HTTP interface in this process.</summary>
internal sealed class UpServer : IAsyncDisposable
{
    /// <summary>Longer than handing stages back takes.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(25);
    private readonly WebApplication _app;
    private readonly StoreReservation _reservation;

    private UpServer(WebApplication app, StoreReservation reservation, Uri address) => (_app, _reservation, Address) = (app, reservation, address);

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Starts it; when this returns, it answers. Unfinished jobs in the store go on.</summary>
    /// <param name="url">Address to listen on; port 0 for any that is free.</param>
    /// <param name="store">Folder of the store, made when missing.</param>
    /// <param name="settings">Further configuration, such as <c>--Auth:Mode=Keys</c>.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="CommandException">The address is taken.</exception>
    /// <exception cref="StoreServedException">Another process uses the store.</exception>
    public static async Task<UpServer> StartAsync(string url, string store, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(store);
        var reservation = StoreReservation.Whole(store);
        try
        {
            var app = Build(url, store, settings);
            try
            {
                await app.StartAsync(cancellationToken);
                var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
                return new UpServer(app, reservation, new Uri(address));
            }
            catch (IOException exception) when (exception.Message.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                await app.DisposeAsync();
                throw CommandException.BadInput($"{url} is taken by another program. Stop it, or choose another port with --port; 0 takes any that is free.", exception);
            }
            catch
            {
                await app.DisposeAsync();
                throw;
            }
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    /// <summary>Hands stages back, keeps what they have done so far, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var patience = new CancellationTokenSource(StopPatience))
            await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _reservation.Dispose();
    }

    private static WebApplication Build(string url, string store, IReadOnlyList<string> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. settings], ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection([new("urls", url)]);
        builder.AddServiceDefaults("stablevideo-up", Environment.MachineName);
        // The terminal belongs to the command: only what goes wrong is worth a line there.
        builder.Configuration.AddInMemoryCollection([new("Logging:LogLevel:Default", "Warning"), new("Logging:LogLevel:Orleans", "Error")]);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.AddSingleton<IHostLifetime, Unmanaged>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        var quotas = builder.Configuration.GetSection("Store:Quotas").Get<TenantQuotas>();
        var stores = TenantStores.InFolder(store, quotas: quotas);
        builder.AddLocalSilo(
            stores,
            new LocalClusterOptions { StoreFolder = store, ConfigureStages = stages => stages.DrainTime = TimeSpan.FromSeconds(15) },
            silo => silo.AddRetention(builder.Configuration.GetSection("Retention").Bind));
        builder.AddStableVideoWeb(stores);
        var app = builder.Build();
        app.MapStableVideoWeb();
        return app;
    }

    /// <summary>The process belongs to the command: no signal handlers, no console messages.</summary>
    private sealed class Unmanaged : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
