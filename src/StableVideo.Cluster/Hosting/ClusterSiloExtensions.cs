using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Storage;
using Orleans.Versions.Compatibility;
using Orleans.Versions.Selector;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Makes a silo a StableVideo silo.</summary>
public static class ClusterSiloExtensions
{
    /// <summary>Adds the job and stage grains, their storage and their telemetry.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="stores">Where artifacts and job state are kept; disposing them stays with the caller.</param>
    /// <param name="executor">Computes the stages; made once, on first use.</param>
    /// <param name="configure">Changes the options.</param>
    public static ISiloBuilder AddStableVideo(
        this ISiloBuilder silo,
        ITenantStores stores,
        Func<IServiceProvider, IStageExecutor> executor,
        Action<StageOptions>? configure = null)
    {
        var stages = new StageOptions();
        configure?.Invoke(stages);
        var services = silo.Services;
        services.AddOptions<StageOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.AddOptions<PoolOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PoolOptions>, PoolOptionsValidator>();
        silo.UseSiloMetadata(new Dictionary<string, string> { [RoleMetadata.Key] = RoleMetadata.ToText(stages.Roles) });
        services.AddSingleton<IValidateOptions<StageOptions>, StageOptionsValidator>();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(stores);
        services.AddSingleton(stores.System);
        services.AddSingleton(executor);
        services.AddSingleton<RunningAttempts>();
        services.AddSingleton<StageServices>();
        services.AddSingleton<ClusterInstruments>();
        services.AddSingleton<ActiveJobs>();
        services.AddSingleton<WebhookOutbox>();
        services.AddSingleton<JobIndexWriter>();
        services.AddSingleton<StoreTroubles>();
        services.AddSingleton<StageTimesDocument>();
        services.AddHostedService<SiloAgent>();
        services.AddPlacementDirector<StagePlacement, StagePlacementDirector>();
        services.AddPlacementFilter<RolePlacementFilter, RolePlacementFilterDirector>(ServiceLifetime.Transient);
        services.AddKeyedSingleton<IGrainStorage, ArtifactGrainStorage>(ArtifactGrainStorage.Name);
        services.AddStableVideoMessages();
        silo.AddActivityPropagation();
        // During a rolling upgrade a silo may call newer interfaces but never older ones, and newer silos take part as soon as they are up.
        silo.Configure<GrainVersioningOptions>(versions =>
            (versions.DefaultCompatibilityStrategy, versions.DefaultVersionSelectorStrategy) = (nameof(BackwardCompatible), nameof(AllCompatibleVersions)));
#pragma warning disable ORLEANSEXP003 // With the default directory, the loss of a silo also ends grains that live on others.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        return silo;
    }

    /// <summary>Lets the silo take its turns at deleting what nobody needs any more.</summary>
    public static ISiloBuilder AddRetention(this ISiloBuilder silo, Action<RetentionOptions> configure)
    {
        silo.Services.AddOptions<RetentionOptions>()
            .Configure(configure)
            .Validate(options => options.ToPolicy().Validate().Count == 0, "Retention: times are out of range; results of stages are kept for two hours at least, and records of jobs as long as what they name.")
            .ValidateOnStart();
        silo.Services.AddHostedService<RetentionService>();
        return silo;
    }
}
