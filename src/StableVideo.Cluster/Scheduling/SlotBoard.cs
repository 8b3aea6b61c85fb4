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
    private readonly LeaseTable _leases = new();
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

    /// <summary>How many tenants are remembered.</summary>
    public int Tenants => _tenants.Count;

    /// <summary>Whether an attempt holds a slot.</summary>
    public bool IsLeased(StageTicket ticket) => _leases.Find(ticket) is not null;

    /// <summary>Puts a stage in the queue. A newer attempt takes the place, and the waiting time, of an older one that waits.</summary>
    public EnqueueResult Enqueue(SlotRequest request, DateTimeOffset now)
    {
        if (_leases.HoldsOrNewer(request.Ticket))
            return EnqueueResult.AlreadyKnown;
        if (RunnerOf(request.Ticket) is { } silo)
        {
            Lease(request, silo, now);
            return EnqueueResult.AlreadyKnown;
        }

        if (_waiting.TryGetValue(KeyOf(request.Ticket), out var waiting))
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
    /// <param name="ticket">The attempt.</param>
    /// <param name="seconds">How long it held the slot, if known: the tenant is charged for that instead of what was expected.</param>
    public ReleasedLease? Release(StageTicket ticket, double? seconds = null)
    {
        if (_leases.Find(ticket) is not { } lease)
            return null;
        if (seconds is >= 0 and <= StageTimes.Most)
            lease.Charged?.Correct(lease.Tenant, seconds.Value - lease.Expected);
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
    private StageLease Lease(SlotRequest request, KnownSilo silo, DateTimeOffset now) =>
        Lease(new StageLease(request, TenantOf(request.Tenant), silo, now, _times.Expect(request)));

    private StageLease Lease(StageLease lease)
    {
        var (request, silo) = (lease.Request, lease.Silo);
        _leases.Add(lease);
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
        _leases.Remove(lease);
        Change(lease.Silo, () => lease.Silo.Leases.Remove(lease.Request.Ticket));
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
