namespace StableVideo.Storage;

/// <summary>An artifact does not fit into what a tenant may store. Nothing was stored.</summary>
public sealed class QuotaExceededException : Exception
{
    /// <summary>Says how much is used, how much is allowed, and what to do.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="usedBytes">What its artifacts take.</param>
    /// <param name="allowedBytes">What they may take.</param>
    /// <param name="addedBytes">What the artifact would add; at least that much where its end was not read.</param>
    public QuotaExceededException(string tenant, long usedBytes, long allowedBytes, long addedBytes)
        : base(
            $"Tenant '{tenant}' uses {ByteCount.InWords(usedBytes)} of the {ByteCount.InWords(allowedBytes)} it may store, and {ByteCount.InWords(addedBytes)} more do not fit. "
            + "Wait until results of old jobs expire, delete them, or ask for a larger quota.") =>
        (Tenant, UsedBytes, AllowedBytes, AddedBytes) = (tenant, usedBytes, allowedBytes, addedBytes);

    /// <summary>The tenant.</summary>
    public string Tenant { get; }

    /// <summary>What the tenant's artifacts take.</summary>
    public long UsedBytes { get; }

    /// <summary>What they may take.</summary>
    public long AllowedBytes { get; }

    /// <summary>What the artifact would have added.</summary>
    public long AddedBytes { get; }
}
