namespace StableVideo.Cluster;

/// <summary>How a pool's slots are handed out.</summary>
internal sealed record SchedulingRules
{
    private const double LeastWeight = 0.001;
    private const double GreatestWeight = 1000;
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    /// <summary>Rules of single tenants by name.</summary>
    public IReadOnlyDictionary<string, TenantRule> Tenants { get; init; } = new Dictionary<string, TenantRule>();

    /// <summary>The rule of every other tenant.</summary>
    public TenantRule DefaultTenant { get; init; } = new();

    /// <summary>How many stages may wait at the same time, at least 1. Default 20,000.</summary>
    public int QueueLimit { get; init; } = 20_000;

    /// <summary>
    /// How much waiting one step of priority is worth. Because a step is worth a fixed time, whoever waits is overtaken only for a bounded time,
    /// whatever arrives behind. Zero: priorities do not count. Default 10 min.
    /// </summary>
    public TimeSpan PriorityStep { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether stages go to silos that have their model loaded where there is a choice. Default yes.</summary>
    public bool ModelAffinity { get; init; } = true;

    /// <summary>How far behind a tenant's best stage another of its stages may be that is taken first because its model is loaded. Default 1 min.</summary>
    public TimeSpan AffinityWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many of a tenant's stages are looked at for one whose model is loaded, at least 1. Default 32.</summary>
    public int AffinityCandidates { get; init; } = 32;

    public TenantRule For(string tenant) => Tenants.GetValueOrDefault(tenant, DefaultTenant);

    /// <summary>Every rule that is out of range, in words; empty when all are good.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (QueueLimit < 1)
            errors.Add($"{nameof(QueueLimit)} is {QueueLimit} but must be at least 1.");
        if (PriorityStep < TimeSpan.Zero || PriorityStep > LongestTime)
            errors.Add($"{nameof(PriorityStep)} is {PriorityStep} but must be {TimeSpan.Zero}..{LongestTime}.");
        if (AffinityWindow < TimeSpan.Zero || AffinityWindow > LongestTime)
            errors.Add($"{nameof(AffinityWindow)} is {AffinityWindow} but must be {TimeSpan.Zero}..{LongestTime}.");
        if (AffinityCandidates < 1)
            errors.Add($"{nameof(AffinityCandidates)} is {AffinityCandidates} but must be at least 1.");
        foreach (var (name, rule) in Tenants.OrderBy(tenant => tenant.Key, StringComparer.Ordinal).Prepend(new("(default)", DefaultTenant)))
        {
            if (!(rule.Weight is >= LeastWeight and <= GreatestWeight))
                errors.Add($"The weight of tenant '{name}' is {rule.Weight} but must be {LeastWeight}..{GreatestWeight}.");
            if (rule.MaxRunning < 1)
                errors.Add($"Tenant '{name}' may run {rule.MaxRunning} stages, which is none; give at least 1, or no limit.");
        }

        return errors;
    }
}
