namespace StableVideo.Cluster;

/// <summary>A slot that an attempt holds.</summary>
internal sealed class StageLease(SlotRequest request, TenantQueue tenant, KnownSilo silo, DateTimeOffset grantedAt, double expected)
{
    public SlotRequest Request => request;

    public TenantQueue Tenant => tenant;

    public DateTimeOffset GrantedAt { get; } = grantedAt;

    /// <summary>Seconds the stage is expected to take.</summary>
    public double Expected => expected;

    /// <summary>Whose fair share was charged for it; <see langword="null"/> when nobody's was, because the board only took notice of it.</summary>
    public FairShare? Charged { get; init; }

    public KnownSilo Silo { get; set; } = silo;

    /// <summary>When its silo last reported the attempt, or when the slot was handed out.</summary>
    public DateTimeOffset SeenAt { get; set; } = grantedAt;

    /// <summary>Whether its silo ever reported the attempt.</summary>
    public bool Seen { get; set; }
}
