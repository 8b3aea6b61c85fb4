namespace StableVideo.Cluster;

/// <summary>All leases, found by attempt and by stage. A stage has more than one only while an older attempt has not given its slot back.</summary>
internal sealed class LeaseTable
{
    private readonly Dictionary<(string JobId, JobStage Stage), List<StageLease>> _leases = [];

    public int Count { get; private set; }

    public IEnumerable<StageLease> All => _leases.Values.SelectMany(leases => leases);

    public StageLease? Find(StageTicket ticket) => Of(ticket)?.Find(lease => lease.Request.Ticket == ticket);

    /// <summary>Whether this attempt, or a newer one of its stage, holds a slot.</summary>
    public bool HoldsOrNewer(StageTicket ticket) => Of(ticket)?.Exists(lease => lease.Request.Ticket.Attempt >= ticket.Attempt) ?? false;

    public void Add(StageLease lease)
    {
        var ticket = lease.Request.Ticket;
        if (Of(ticket) is { } leases)
            leases.Add(lease);
        else
            _leases[(ticket.JobId, ticket.Stage)] = [lease];
        Count++;
    }

    public void Remove(StageLease lease)
    {
        var ticket = lease.Request.Ticket;
        var leases = Of(ticket)!;
        leases.Remove(lease);
        if (leases.Count == 0)
            _leases.Remove((ticket.JobId, ticket.Stage));
        Count--;
    }

    private List<StageLease>? Of(StageTicket ticket) => _leases.GetValueOrDefault((ticket.JobId, ticket.Stage));
}
