namespace StableVideo.Cluster;

/// <summary>Stages of different jobs that have the same result: one is computed at a time.</summary>
internal sealed partial class SlotBoard
{
    /// <summary>Whether a stage of another job that has the same result holds a slot.</summary>
    public bool HasTwin(SlotRequest request) => _leases.HasTwin(request);

    /// <summary>Takes stages out of the queue that would compute what <paramref name="granted"/> computes; returns them.</summary>
    public IReadOnlyList<StageTicket> WithdrawTwins(SlotRequest granted)
    {
        if (granted.Key is null)
            return [];
        var twins = _waiting.Values.Where(stage => stage.Request.Key == granted.Key && stage.Request.Tenant == granted.Tenant && stage.Request.Ticket.JobId != granted.Ticket.JobId).ToList();
        twins.ForEach(Dequeue);
        return [.. twins.Select(stage => stage.Request.Ticket)];
    }
}
