namespace StableVideo.Cluster;

/// <summary>A stage that waits, with its place among those of its tenant.</summary>
internal sealed class WaitingStage
{
    public WaitingStage(SlotRequest request, TenantQueue tenant, DateTimeOffset enqueuedAt, double expected, TimeSpan priorityStep)
    {
        Request = request;
        Tenant = tenant;
        EnqueuedAt = enqueuedAt;
        Expected = expected;
        var since = request.SubmittedAt is { } submitted && submitted < enqueuedAt ? submitted : enqueuedAt;
        Rank = since.UtcTicks - Math.Clamp(request.Priority, -10, 10) * priorityStep.Ticks + TimeSpan.FromSeconds(expected).Ticks;
    }

    /// <summary>Best first: by rank, and for equal ranks by ticket.</summary>
    public static IComparer<WaitingStage> ByRank { get; } = Comparer<WaitingStage>.Create((one, other) =>
        one.Rank != other.Rank ? one.Rank.CompareTo(other.Rank) : TicketOrder.Compare(one.Request.Ticket, other.Request.Ticket));

    public SlotRequest Request { get; }

    public TenantQueue Tenant { get; }

    public DateTimeOffset EnqueuedAt { get; }

    /// <summary>Seconds it is expected to take.</summary>
    public double Expected { get; }

    /// <summary>
    /// Ticks; lower goes first. It never changes while the stage waits: all who wait age alike, and only stages of jobs submitted before a fixed moment
    /// can ever rank ahead. That is why nothing starves.
    /// </summary>
    public long Rank { get; }
}
