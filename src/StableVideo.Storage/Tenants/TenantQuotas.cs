namespace StableVideo.Storage;

/// <summary>How many bytes the artifacts of a tenant may take; bound from configuration.</summary>
public sealed class TenantQuotas
{
    /// <summary>For every tenant that has no entry of its own; <see langword="null"/>: as many as the store holds. Default <see langword="null"/>.</summary>
    public long? Bytes { get; set; }

    /// <summary>Exceptions, by the tenant's name.</summary>
    public Dictionary<string, long> Tenants { get; } = new(StringComparer.Ordinal);

    /// <summary>What <paramref name="tenant"/> may store in bytes; <see langword="null"/>: no limit.</summary>
    /// <exception cref="ArgumentException">The number set for it is negative.</exception>
    public long? Of(string tenant) => (Tenants.TryGetValue(tenant, out var own) ? own : Bytes) switch
    {
        < 0 => throw new ArgumentException($"The quota of tenant '{tenant}' is negative. Give a number of bytes, or none for no limit."),
        var bytes => bytes,
    };
}
