namespace StableVideo.Storage;

/// <summary>
/// The stores of all tenants. Each tenant's artifacts and results of stages lie in a space of their own: the same bytes are kept once within a tenant, and
/// nothing of one tenant can be seen, or found by its hash, through the store of another.
/// </summary>
public interface ITenantStores
{
    /// <summary>
    /// Where the cluster keeps its own documents, such as the state of jobs. It is the store of <see cref="TenantName.Default"/>, so that a folder written
    /// before there were tenants stays readable; show a tenant artifacts, never documents.
    /// </summary>
    IArtifactStore System { get; }

    /// <summary>The store of a tenant; the same object for the same name.</summary>
    /// <param name="tenant">See <see cref="TenantName"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a tenant's name.</exception>
    IArtifactStore For(string tenant);

    /// <summary>Names of the tenants that have stored something, <see cref="TenantName.Default"/> always among them.</summary>
    IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>What a tenant's artifacts take and may take. Where there is no limit there is no count either: then the store is listed.</summary>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a tenant's name.</exception>
    Task<TenantUsage> UsageAsync(string tenant, CancellationToken cancellationToken = default);

    /// <summary>How many more bytes a tenant may store; <see langword="null"/>: there is no limit, and nothing is counted.</summary>
    /// <exception cref="ArgumentException"><paramref name="tenant"/> is not a tenant's name.</exception>
    Task<long?> RoomAsync(string tenant, CancellationToken cancellationToken = default);
}

/// <summary>What a tenant stores.</summary>
/// <param name="UsedBytes">What its artifacts take; artifacts being stored now may be counted already.</param>
/// <param name="AllowedBytes">What they may take; <see langword="null"/>: no limit.</param>
public sealed record TenantUsage(long UsedBytes, long? AllowedBytes);
