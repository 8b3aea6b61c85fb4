using Orleans.Configuration;
using Orleans.Dashboard;
using StableVideo.Cluster;
using StableVideo.Diffusion;
using StableVideo.Hosting;
using StableVideo.Storage;

namespace StableVideo.Silo;

/// <summary>Puts a silo together from its configuration.</summary>
internal static class SiloHost
{
    /// <summary>Opens the store and builds the host.</summary>
    /// <param name="args">The command line, which overrides other configuration.</param>
    /// <param name="executor">What computes the stages; by default the real thing.</param>
    public static async Task<IHost> BuildAsync(string[] args, Func<ITenantStores, SiloSettings, IStageExecutor>? executor = null)
    {
        var builder = Host.CreateApplicationBuilder(args);
        var settings = SiloSettings.From(builder.Configuration);
        var clustering = ClusteringSettings.From(builder.Configuration);
        var stores = await (builder.Configuration.GetSection("Store").Get<StoreSettings>() ?? new StoreSettings()).OpenTenantsAsync();
        executor ??= static (stores, settings) => new StageRunnerExecutor(stores, new ModelCatalogue(), settings.Budget);

        builder.AddServiceDefaults("stablevideo-silo", settings.Name);
        builder.Services.AddSingleton<IReadinessCheck, SiloCheck>().AddSingleton<IReadinessCheck>(new StoreCheck(stores));
        builder.Services.AddHostedService<GpuMemory>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTime);
        builder.Services.Configure<PoolOptions>(builder.Configuration.GetSection("Scheduling"));
        builder.UseOrleans(silo =>
        {
            if (clustering.Redis is null)
                silo.UseDevelopmentClustering(settings.PrimaryEndpoint);
            else
                silo.UseRedisClustering(redis => redis.ConfigurationOptions = clustering.RedisOptions());
            if (builder.Configuration.GetValue<bool>("Dashboard:Enabled"))
                silo.AddDashboard();
            silo.Configure<SiloOptions>(options => options.SiloName = settings.Name)
                .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clustering.ClusterId, "stablevideo"))
                .Configure<EndpointOptions>(settings.Apply)
                // A silo that was killed is known to be dead after six to eight seconds, so that its jobs go on within fifteen.
                .Configure<ClusterMembershipOptions>(membership => (membership.ProbeTimeout, membership.NumMissedProbesLimit) = (TimeSpan.FromSeconds(2), 3))
                .AddStableVideo(stores, _ => executor(stores, settings), settings.Apply)
                .AddRetention(builder.Configuration.GetSection("Retention").Bind);
        });
        return builder.Build();
    }
}
