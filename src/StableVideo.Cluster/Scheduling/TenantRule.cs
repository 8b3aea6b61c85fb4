namespace StableVideo.Cluster;

/// <summary>What a tenant may take of the pool.</summary>
/// <param name="Weight">Its share of busy slots in proportion to the weights of the other tenants that wait, 0.001..1000.</param>
/// <param name="MaxRunning">How many of its stages may hold a slot at the same time, at least 1; <see langword="null"/>: as many as there are.</param>
internal sealed record TenantRule(double Weight = 1, int? MaxRunning = null);
