namespace StableVideo.Cluster;

/// <summary>How slots are shared; the section <c>Scheduling</c> of a silo's configuration, the same on all silos.</summary>
public sealed class PoolOptions
{
    /// <summary>What single tenants may take, by name.</summary>
    public Dictionary<string, TenantOptions> Tenants { get; } = new(StringComparer.Ordinal);

    /// <summary>What every other tenant may take.</summary>
    public TenantOptions DefaultTenant { get; set; } = new();

    /// <summary>How many stages may wait before jobs are refused, at least 1. Default 20,000.</summary>
    public int QueueLimit { get; set; } = 20_000;

    /// <summary>How much waiting one step of priority is worth; zero: priorities do not count. Default 10 min.</summary>
    public TimeSpan PriorityStep { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether stages go to silos that have their model loaded where there is a choice. Default: yes.</summary>
    public bool ModelAffinity { get; set; } = true;

    internal SchedulingRules ToRules() => new()
    {
        Tenants = Tenants.ToDictionary(tenant => tenant.Key, tenant => tenant.Value.ToRule()),
        DefaultTenant = DefaultTenant.ToRule(),
        QueueLimit = QueueLimit,
        PriorityStep = PriorityStep,
        ModelAffinity = ModelAffinity,
    };
}

/// <summary>What a tenant may take of a pool.</summary>
public sealed class TenantOptions
{
    /// <summary>Its share of busy slots in proportion to the weights of the other tenants that wait, 0.001..1000. Default 1.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>How many of its stages may hold a slot at the same time, at least 1. Default: as many as there are.</summary>
    public int? MaxRunning { get; set; }

    internal TenantRule ToRule() => new(Weight, MaxRunning);
}
