namespace StableVideo.Cluster;

/// <summary>
/// The slots of a pool and the stages that wait for them, as plain code: no grains, no clock, nothing kept. The same operations in the same
/// order give the same grants.
/// </summary>
internal sealed partial class SlotBoard
{
    private readonly SchedulingRules _rules;
    private readonly StageTimes _times;
    private readonly SiloKindSlots[] _kinds;
    private readonly Dictionary<string, TenantQueue> _tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string JobId, JobStage Stage), WaitingStage> _waiting = [];
    private readonly Dictionary<StageTicket, StageLease> _leases = [];
    private readonly Dictionary<(string JobId, JobStage Stage), int> _newestLeased = [];
    private readonly Dictionary<string, int> _wanted = new(StringComparer.Ordinal);
    private int _gpuEligible;

    /// <exception cref="ArgumentException">A rule is out of range.</exception>
    public SlotBoard(SchedulingRules rules, StageTimes times)
    {
        if (rules.Errors() is { Count: > 0 } errors)
            throw new ArgumentException(string.Join(' ', errors), nameof(rules));
        _rules = rules;
        _times = times;
        _kinds = [.. SiloKinds.All.Select(roles => new SiloKindSlots(roles, rules))];
    }

    /// <summary>How many stages wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>How many slots are taken by stages this board knows.</summary>
    public int Leases => _leases.Count;

    /// <summary>Whether an attempt holds a slot.</summary>
    public bool IsLeased(StageTicket ticket) => _leases.ContainsKey(ticket);

    /// <summary>Puts a stage in the queue. A newer attempt takes the place, and the waiting time, of an older one that waits.</summary>
    public EnqueueResult Enqueue(SlotRequest request, DateTimeOffset now)
    {
        var key = KeyOf(request.Ticket);
        if (_leases.ContainsKey(request.Ticket) || (_newestLeased.TryGetValue(key, out var leased) && leased > request.Ticket.Attempt))
            return EnqueueResult.AlreadyKnown;
        if (_unknown.TryGetValue(request.Ticket, out var silo))
        {
            Lease(request, silo, now);
            return EnqueueResult.AlreadyKnown;
        }

        if (_waiting.TryGetValue(key, out var waiting))
        {
            if (waiting.Request.Ticket.Attempt < request.Ticket.Attempt)
            {
                Dequeue(waiting);
                Queue(request, waiting.EnqueuedAt);
            }

            return EnqueueResult.AlreadyKnown;
        }

        if (_waiting.Count >= _rules.QueueLimit)
            return EnqueueResult.Full;
        Queue(request, now);
        return EnqueueResult.Queued;
    }

    /// <summary>Takes back a stage that waits; <see langword="false"/> when this attempt does not wait.</summary>
    public bool Withdraw(StageTicket ticket)
    {
        if (!_waiting.TryGetValue(KeyOf(ticket), out var waiting) || waiting.Request.Ticket != ticket)
            return false;
        Dequeue(waiting);
        return true;
    }

    /// <summary>Frees the slot of an attempt; <see langword="null"/> when it holds none, as an attempt that was replaced or lost.</summary>
    public ReleasedLease? Release(StageTicket ticket)
    {
        if (!_leases.TryGetValue(ticket, out var lease))
            return null;
        End(lease);
        return new ReleasedLease(lease.Request, lease.Silo.Name, lease.GrantedAt);
    }

    private static (string JobId, JobStage Stage) KeyOf(StageTicket ticket) => (ticket.JobId, ticket.Stage);

    private TenantQueue TenantOf(string name)
    {
        if (!_tenants.TryGetValue(name, out var tenant))
            _tenants[name] = tenant = new TenantQueue(name, _rules.For(name));
        return tenant;
    }

    private void Queue(SlotRequest request, DateTimeOffset since)
    {
        var stage = new WaitingStage(request, TenantOf(request.Tenant), since, _times.Expect(request), _rules.PriorityStep);
        _waiting[KeyOf(request.Ticket)] = stage;
        Change(stage.Tenant, () => stage.Tenant.Add(stage));
        if (request.Model is { } model)
            _wanted[model] = _wanted.GetValueOrDefault(model) + 1;
    }

    private void Dequeue(WaitingStage stage)
    {
        _waiting.Remove(KeyOf(stage.Request.Ticket));
        Change(stage.Tenant, () => stage.Tenant.Remove(stage));
        if (stage.Request.Model is { } model && --_wanted[model] == 0)
            _wanted.Remove(model);
    }

    /// <summary>Makes the attempt the holder of a slot of <paramref name="silo"/>.</summary>
    private StageLease Lease(SlotRequest request, KnownSilo silo, DateTimeOffset now)
    {
        var lease = new StageLease(request, TenantOf(request.Tenant), silo, now, _times.Expect(request));
        var key = KeyOf(request.Ticket);
        _leases[request.Ticket] = lease;
        _newestLeased[key] = Math.Max(request.Ticket.Attempt, _newestLeased.GetValueOrDefault(key, int.MinValue));
        Change(silo, () =>
        {
            Forget(silo, request.Ticket);
            silo.Leases[request.Ticket] = lease;
            if (request.Model is { } model)
                silo.AddWarm(model);
        });
        Change(lease.Tenant, () => lease.Tenant.Running++);
        return lease;
    }

    private void End(StageLease lease)
    {
        var ticket = lease.Request.Ticket;
        var key = KeyOf(ticket);
        _leases.Remove(ticket);
        if (_newestLeased.GetValueOrDefault(key) == ticket.Attempt)
            _newestLeased.Remove(key);
        Change(lease.Silo, () => lease.Silo.Leases.Remove(ticket));
        Change(lease.Tenant, () => lease.Tenant.Running--);
    }

    /// <summary>Changes a tenant's stages and puts it where it belongs afterwards.</summary>
    private void Change(TenantQueue tenant, Action change)
    {
        _gpuEligible -= tenant.GpuEligible;
        change();
        _gpuEligible += tenant.GpuEligible;
        foreach (var kind in _kinds)
            kind.Share.Settle(tenant);
    }
}
