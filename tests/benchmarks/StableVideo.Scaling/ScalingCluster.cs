using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Hosting;
using StableVideo.Cluster;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Scaling;

/// <summary>A Redis, a store in a folder, silos in processes of their own, and a client.</summary>
internal sealed class ScalingCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-scaling-").FullName;
    private readonly List<SiloProcess> _silos = [];
    private Process? _redis;
    private IHost? _client;

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IGrainFactory Grains => _client!.Services.GetRequiredService<IClusterClient>();

    public static async Task<ScalingCluster> StartAsync(int silos, TimeSpan wait, params IReadOnlyList<string> arguments)
    {
        var cluster = new ScalingCluster();
        var redis = Ports.Free();
        cluster._redis = Process.Start(new ProcessStartInfo("redis-server", ["--port", redis.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true });
        if (!await Ports.AnswersAsync(redis, TimeSpan.FromSeconds(20)))
            throw new InvalidOperationException("redis-server does not answer.");
        var store = Path.Combine(cluster._folder, "store");
        for (var silo = 1; silo <= silos; silo++)
        {
            cluster._silos.Add(new SiloProcess(
                $"silo-{silo}",
                cluster._folder,
                [
                    $"--Silo:Port={Ports.Free()}", $"--Silo:GatewayPort={Ports.Free()}", $"--Clustering:Redis=127.0.0.1:{redis}", $"--Store:Folder={store}",
                    string.Create(CultureInfo.InvariantCulture, $"--Artificial:Wait={wait.TotalMilliseconds}"), .. arguments,
                ]));
        }

        await cluster.ConnectAsync($"127.0.0.1:{redis}", silos);
        return cluster;
    }

    public IVideoJobGrain Job(int number) => Grains.GetGrain<IVideoJobGrain>(new JobKey($"tenant-{number % 4}", $"job-{number}").ToString());

    public Task<JobStatus> SubmitAsync(int number) => Job(number).Submit(JobMessages.ToRequest(new JobInputs(
        ArtifactId.Parse("sha256-" + new string('0', 64)),
        null,
        MaskKind.None,
        new EditSettings { ForegroundPrompt = "a red car", BackgroundPrompt = "a snowy winter", Seed = (ulong)number })));

    public Task<PoolStatus> StatusAsync() => Grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.DefaultPool).GetStatus();

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(200);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync();
            _client.Dispose();
        }

        _silos.ForEach(silo => silo.Dispose());
        _redis?.Kill();
        _redis?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ConnectAsync(string redis, int silos)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Services.AddStableVideoMessages();
        builder.UseOrleansClient(client => client
            .UseRedisClustering(redis)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("stablevideo", "stablevideo"))
            .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                await Task.Delay(200, cancellationToken);
                return true;
            }));
        _client = builder.Build();
        await _client.StartAsync();
        await UntilAsync(async () => (await StatusAsync()).Silos.Count == silos);
        // Gateways of silos that came later are known to the client by then.
        await Task.Delay(TimeSpan.FromSeconds(5));
    }
}
