using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Tests.Web.Load;

/// <summary>A gateway in a process of its own, and a silo with quick stages in this one.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly IHost _silo;
    private readonly Process _process;
    private readonly string _folder;

    private GatewayProcess(IHost silo, Process process, string folder, QuickExecutor executor, Uri address)
    {
        (_silo, _process, _folder, Executor) = (silo, process, folder, executor);
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 2000 }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Client { get; }

    public QuickExecutor Executor { get; }

    /// <summary>What the gateway holds in memory, in MiB.</summary>
    public double Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / (double)(1 << 20);
        }
    }

    public static async Task<GatewayProcess> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-load-").FullName;
        var stores = TenantStores.InFolder(folder);
        var executor = new QuickExecutor(stores);
        var (siloPort, gatewayPort, httpPort) = (Ports.Free(), Ports.Free(), Ports.Free());
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(silo => silo
            .UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, siloPort))
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("stablevideo", "stablevideo"))
            .Configure<EndpointOptions>(options => (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (IPAddress.Loopback, siloPort, gatewayPort))
            .AddStableVideo(stores, _ => executor, stages => (stages.Slots, stages.RetriesAllowed) = (64, 0)));
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        var address = new Uri($"http://127.0.0.1:{httpPort}");
        var process = Process.Start(new ProcessStartInfo(
            "dotnet", [BuiltHost.PathOf("StableVideo.Gateway"), $"--urls={address}", $"--Silos:0=127.0.0.1:{gatewayPort}", $"--Store:Folder={folder}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var gateway = new GatewayProcess(host, process, folder, executor, address);
        for (var start = Stopwatch.GetTimestamp(); !await gateway.IsReadyAsync(cancellationToken);)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience && !process.HasExited, "The gateway did not answer.");
            await Task.Delay(100, cancellationToken);
        }

        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _silo.StopAsync();
        _silo.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Client.GetAsync("/readyz", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
