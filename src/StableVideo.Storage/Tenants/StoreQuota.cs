namespace StableVideo.Storage;

/// <summary>What a tenant may store, and the count of what it has stored.</summary>
internal sealed class StoreQuota(string tenant, long allowedBytes, IArtifactStore store)
{
    private readonly UsageCounter _counter = new(store);

    /// <summary>Refuses an artifact that can not fit even into an empty store, before its end is known.</summary>
    public void CheckSize(long bytes)
    {
        if (bytes > allowedBytes)
            throw new QuotaExceededException(tenant, 0, allowedBytes, bytes);
    }

    /// <summary>Counts an artifact that is about to be stored.</summary>
    /// <exception cref="QuotaExceededException">It does not fit; nothing was counted.</exception>
    public Task ChargeAsync(long bytes, CancellationToken cancellationToken) => _counter.ChangeAsync(
        usage => usage.Bytes + bytes <= allowedBytes
            ? usage with { Bytes = usage.Bytes + bytes }
            : throw new QuotaExceededException(tenant, usage.Bytes, allowedBytes, bytes),
        cancellationToken);

    /// <summary>Takes back a charge: somebody else had stored the artifact meanwhile.</summary>
    public Task RefundAsync(long bytes, CancellationToken cancellationToken) =>
        _counter.ChangeAsync(usage => usage with { Bytes = Math.Max(0, usage.Bytes - bytes) }, cancellationToken);
}
