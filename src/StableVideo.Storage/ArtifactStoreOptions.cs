namespace StableVideo.Storage;

/// <summary>How a store keeps account of the use of artifacts.</summary>
public sealed record ArtifactStoreOptions
{
    /// <summary>What <see cref="RenewalAge"/> is unless set: one hour.</summary>
    public static readonly TimeSpan DefaultRenewalAge = TimeSpan.FromHours(1);

    /// <summary>
    /// A use is written down only when the one on record is older than this, so that using an artifact often costs little: the last use on record is
    /// never later than the last use, and earlier by at most this. Default: one hour.
    /// </summary>
    public TimeSpan RenewalAge { get; init; } = DefaultRenewalAge;

    /// <summary>Tells the time of uses. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal bool IsDue(DateTimeOffset lastUse) => Clock.GetUtcNow() - lastUse > RenewalAge;

    /// <summary>
    /// A use that found a young record changed nothing that a deletion could notice. It is safe from deletions only while these look back
    /// further than such a record can be old, and as far again.
    /// </summary>
    internal DateTimeOffset CheckUnusedSince(DateTimeOffset unusedSince) => unusedSince <= Clock.GetUtcNow() - (2 * RenewalAge)
        ? unusedSince
        : throw new ArgumentOutOfRangeException(
            nameof(unusedSince),
            $"Artifacts used since {unusedSince:u} can not be told from others yet: uses are recorded to within {RenewalAge}. Give a time at least {2 * RenewalAge} ago.");
}
