namespace StableVideo.Cluster;

/// <summary>All leases, found by attempt and by stage. A stage has more than one only while an older attempt has not given its slot back.</summary>
internal sealed class LeaseTable
{
    private readonly Dictionary<(string JobId, JobStage Stage), List<StageLease>> _leases = [];

    private readonly Dictionary<(string Tenant, string Key), List<string>> _jobs = [];

    public int Count { get; private set; }

    public IEnumerable<StageLease> All => _leases.Values.SelectMany(leases => leases);

    public StageLease? Find(StageTicket ticket) => Of(ticket)?.Find(lease => lease.Request.Ticket == ticket);

    /// <summary>Whether this attempt, or a newer one of its stage, holds a slot.</summary>
    public bool HoldsOrNewer(StageTicket ticket) => Of(ticket)?.Exists(lease => lease.Request.Ticket.Attempt >= ticket.Attempt) ?? false;

    /// <summary>Whether a stage of another job that has the same result holds a slot.</summary>
    public bool HasTwin(SlotRequest request) =>
        request.Key is { } key && _jobs.GetValueOrDefault((request.Tenant, key))?.Exists(job => job != request.Ticket.JobId) == true;

    public void Add(StageLease lease)
    {
        if (lease.Request.Key is { } key)
        {
            if (!_jobs.TryGetValue((lease.Request.Tenant, key), out var jobs))
                _jobs[(lease.Request.Tenant, key)] = jobs = [];
            jobs.Add(lease.Request.Ticket.JobId);
        }

        var ticket = lease.Request.Ticket;
        if (Of(ticket) is { } leases)
            leases.Add(lease);
        else
            _leases[(ticket.JobId, ticket.Stage)] = [lease];
        Count++;
    }

    public void Remove(StageLease lease)
    {
        if (lease.Request.Key is { } key && _jobs.TryGetValue((lease.Request.Tenant, key), out var jobs))
        {
            jobs.Remove(lease.Request.Ticket.JobId);
            if (jobs.Count == 0)
                _jobs.Remove((lease.Request.Tenant, key));
        }

        var ticket = lease.Request.Ticket;
        var leases = Of(ticket)!;
        leases.Remove(lease);
        if (leases.Count == 0)
            _leases.Remove((ticket.JobId, ticket.Stage));
        Count--;
    }

    private List<StageLease>? Of(StageTicket ticket) => _leases.GetValueOrDefault((ticket.JobId, ticket.Stage));
}
