using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Makes a silo a StableVideo silo.</summary>
public static class ClusterSiloExtensions
{
    /// <summary>Adds the job and stage grains, their storage and their telemetry.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="store">Where artifacts and job state are kept; disposing it stays with the caller.</param>
    /// <param name="executor">Computes the stages; made once, on first use.</param>
    /// <param name="configure">Changes the options.</param>
    public static ISiloBuilder AddStableVideo(
        this ISiloBuilder silo,
        IArtifactStore store,
        Func<IServiceProvider, IStageExecutor> executor,
        Action<StageOptions>? configure = null)
    {
        var services = silo.Services;
        services.AddOptions<StageOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<StageOptions>, StageOptionsValidator>();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(store);
        services.AddSingleton(executor);
        services.AddSingleton<StageSlots>();
        services.AddSingleton<StageServices>();
        services.AddSingleton<ClusterInstruments>();
        services.AddKeyedSingleton<IGrainStorage, ArtifactGrainStorage>(ArtifactGrainStorage.Name);
        silo.AddActivityPropagation();
        return silo;
    }
}
