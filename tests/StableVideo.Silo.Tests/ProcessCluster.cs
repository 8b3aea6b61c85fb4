using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Tests.Silo;

/// <summary>Silos as real processes around a real Redis and one store, and a client of theirs in this process.</summary>
internal sealed class ProcessCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _id = "test-" + Guid.NewGuid().ToString("n")[..8];
    private readonly IReadOnlyList<string> _storeArguments;
    private readonly Dictionary<string, (string[] Arguments, LoggedProcess Process)> _silos = [];
    private IHost? _client;

    private ProcessCluster(IArtifactStore store, IReadOnlyList<string> storeArguments) => (Store, _storeArguments) = (store, storeArguments);

    public RedisServer Redis { get; } = new();

    public IArtifactStore Store { get; }

    public IGrainFactory Grains => _client!.Services.GetRequiredService<IClusterClient>();

    public IEnumerable<string> Silos => _silos.Keys;

    /// <summary>Starts Redis; silos are started one by one.</summary>
    /// <param name="store">The store as this process sees it.</param>
    /// <param name="storeArguments">The store as silos are told of it, such as <c>--Store:Folder=...</c>.</param>
    public static async Task<ProcessCluster> StartAsync(IArtifactStore store, params IReadOnlyList<string> storeArguments)
    {
        if (!RedisServer.IsInstalled)
            Assert.Skip("Needs redis-server on PATH; ./test.sh installs it.");
        var cluster = new ProcessCluster(store, storeArguments);
        await cluster.Redis.StartAsync();
        return cluster;
    }

    public void StartSilo(string name, string role, int slots = 1)
    {
        string[] arguments =
        [
            BuiltHost.PathOf("StableVideo.Silo"),
            $"--Silo:Name={name}",
            $"--Silo:Role={role}",
            $"--Silo:Slots={slots}",
            $"--Silo:Port={Ports.Free()}",
            $"--Silo:GatewayPort={Ports.Free()}",
            $"--Clustering:Redis={Redis.Connection}",
            $"--Clustering:ClusterId={_id}",
            "--Silo:DrainSeconds=10",
            .. _storeArguments,
        ];
        _silos[name] = (arguments, new LoggedProcess("dotnet", arguments));
    }

    /// <summary>Starts a silo again, under its name and on its ports.</summary>
    public void RestartSilo(string name)
    {
        var (arguments, process) = _silos[name];
        process.Dispose();
        _silos[name] = (arguments, new LoggedProcess("dotnet", arguments));
    }

    public Task KillSiloAsync(string name) => _silos[name].Process.KillAsync();

    public Task<TimeSpan> TerminateSiloAsync(string name) => _silos[name].Process.TerminateAsync(TimeSpan.FromSeconds(60));

    public bool IsUp(string name) => !_silos[name].Process.HasExited;

    public string OutputOf(string name) => _silos[name].Process.Output;

    public string Output => string.Join("\n\n", _silos.Select(silo => $"== {silo.Key}\n{silo.Value.Process.Output}"));

    /// <summary>Connects the client and waits until <paramref name="count"/> silos have reported to the scheduler.</summary>
    public async Task ConnectAsync(int count)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerFactory>(Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        builder.Services.AddStableVideoMessages();
        builder.UseOrleansClient(client => client
            .UseRedisClustering(Redis.Connection)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (_id, "stablevideo"))
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(8))
            .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2))
            .UseConnectionRetryFilter(async (_, cancellationToken) =>
            {
                await Task.Delay(200, cancellationToken);
                return true;
            }));
        _client = builder.Build();
        await _client.StartAsync().WaitAsync(Patience);
        await UntilAsync(async () => (await StatusAsync()).Silos.Count >= count, Patience);
    }

    public Task<PoolStatus> StatusAsync() => Grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.DefaultPool).GetStatus();

    /// <summary>Asks until <paramref name="condition"/> holds; calls that fail meanwhile are asked again.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        Exception? last = null;
        while (Stopwatch.GetElapsedTime(start) < patience)
        {
            try
            {
                if (await condition())
                    return;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                last = exception;
            }

            await Task.Delay(200);
        }

        Assert.Fail($"What was waited for did not happen within {patience}. Last error: {last?.Message}\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in _silos.Values)
            process.Dispose();
        if (_client is not null)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                await _client.StopAsync(patience.Token);
            }
            catch (Exception)
            {
                // There is nobody left to say goodbye to.
            }

            _client.Dispose();
        }

        Redis.Dispose();
    }
}
