using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StableVideo.Diffusion;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>A silo that is a whole cluster by itself, within any host.</summary>
public static class LocalSilo
{
    /// <summary>Adds the silo with all grains. Any number of them may run at once, in one process or many.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="stores">Where artifacts and the state of jobs are kept.</param>
    /// <param name="options">How it is set up; its folder is not looked at.</param>
    /// <param name="configure">Changes the silo.</param>
    public static IHostApplicationBuilder AddLocalSilo(
        this IHostApplicationBuilder builder, ITenantStores stores, LocalClusterOptions options, Action<ISiloBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        builder.Services.Configure<PoolOptions>(pool => options.ConfigurePool?.Invoke(pool));
        return builder.UseOrleans(silo =>
        {
            silo.UseSoleSilo()
                .Configure<SiloOptions>(names => names.SiloName = Environment.MachineName)
                .AddStableVideo(stores, _ => options.Executor?.Invoke(stores.System) ?? NewExecutor(stores, options), options.ConfigureStages);
            configure?.Invoke(silo);
        });
    }

    private static StageRunnerExecutor NewExecutor(ITenantStores stores, LocalClusterOptions options) =>
        new(stores, options.Models ?? new ModelCatalogue(), options.RunnerOptions);
}
