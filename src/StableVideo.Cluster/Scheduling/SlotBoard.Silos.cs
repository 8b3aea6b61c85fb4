namespace StableVideo.Cluster;

/// <summary>Silos that come, change and go, and the slots they take with them.</summary>
internal sealed partial class SlotBoard
{
    private readonly Dictionary<string, KnownSilo> _silos = new(StringComparer.Ordinal);

    // How many attempts silos report that hold no lease. Soon after a scheduler has started there are none.
    private int _unknown;

    /// <summary>
    /// Takes in what a silo reports. A known name with another address is a restarted process: what the old one held is lost and returned.
    /// Late reports of the process before are ignored.
    /// </summary>
    public IReadOnlyList<StageTicket> Update(SiloReport report, DateTimeOffset now)
    {
        var silo = SiloOf(report.Name, now);
        if (silo.PreviousAddress == report.Address)
            return [];
        var restarted = silo.Address.Length > 0 && silo.Address != report.Address;
        var lost = restarted ? Clear(silo) : [];
        if (restarted)
            silo.PreviousAddress = silo.Address;
        Change(silo, () =>
        {
            (silo.Address, silo.Roles, silo.Draining, silo.HeardAt) = (report.Address, report.Roles, report.Draining, now);
            (silo.Slots, silo.Models) = (Math.Max(0, report.Slots), report.Models);
            foreach (var ticket in silo.Unknown.ToList())
                Forget(silo, ticket);
        });
        foreach (var ticket in report.Running)
            See(silo, ticket, now);
        Change(silo, () => silo.SetWarm(report.WarmModels.Concat(silo.Leases.Values.Select(lease => lease.Request.Model).OfType<string>())));
        return lost;
    }

    /// <summary>Forgets a silo and returns the attempts that held its slots: they are lost.</summary>
    public IReadOnlyList<StageTicket> RemoveSilo(string name)
    {
        if (!_silos.TryGetValue(name, out var silo))
            return [];
        var lost = Clear(silo);
        Hide(silo);
        _silos.Remove(name);
        return lost;
    }

    /// <summary>
    /// Removes silos that have not reported for <paramref name="silence"/>, and leases that their silo has not reported for so long: the grant never
    /// arrived, or the stage is gone. Returns the attempts that held them, which are lost.
    /// </summary>
    public IReadOnlyList<StageTicket> Expire(DateTimeOffset now, TimeSpan silence)
    {
        var lost = new List<StageTicket>();
        foreach (var silo in _silos.Values.Where(silo => now - silo.HeardAt > silence).ToList())
            lost.AddRange(RemoveSilo(silo.Name));
        foreach (var lease in _leases.All.Where(lease => now - lease.SeenAt > silence).ToList())
        {
            End(lease);
            lost.Add(lease.Request.Ticket);
        }

        foreach (var tenant in _tenants.Values.Where(tenant => tenant is { Waiting: 0, Running: 0 } && _kinds.All(kind => kind.Share.CanForget(tenant))).ToList())
            _tenants.Remove(tenant.Name);
        return lost.Sorted();
    }

    /// <summary>
    /// Takes over a lease that an earlier scheduler granted, as its job confirms it. It counts even if the silo has not reported yet, and is lost like any
    /// other when the silo does not report it in time. <see langword="false"/>: the attempt, or a newer one, is known already.
    /// </summary>
    public bool Adopt(SlotRequest request, string silo, DateTimeOffset now)
    {
        if (_leases.HoldsOrNewer(request.Ticket))
            return false;
        if (_waiting.TryGetValue(KeyOf(request.Ticket), out var waiting))
        {
            if (waiting.Request.Ticket.Attempt > request.Ticket.Attempt)
                return false;
            Dequeue(waiting);
        }

        Lease(request, RunnerOf(request.Ticket) ?? SiloOf(silo, now), now);
        return true;
    }

    private KnownSilo SiloOf(string name, DateTimeOffset now)
    {
        if (!_silos.TryGetValue(name, out var silo))
            _silos[name] = silo = new KnownSilo(name) { HeardAt = now };
        return silo;
    }

    /// <summary>Notes that <paramref name="silo"/> computes an attempt, whoever gave it the slot.</summary>
    private void See(KnownSilo silo, StageTicket ticket, DateTimeOffset now)
    {
        if (_leases.Find(ticket) is { } lease)
        {
            // A stage may come up on another silo than the one it was sent to.
            if (lease.Silo != silo && !lease.Seen)
                Move(lease, silo);
            if (lease.Silo == silo)
            {
                (lease.SeenAt, lease.Seen) = (now, true);
                return;
            }
        }
        else if (_waiting.TryGetValue(KeyOf(ticket), out var waiting) && waiting.Request.Ticket == ticket)
        {
            Dequeue(waiting);
            Lease(waiting.Request, silo, now).Seen = true;
            return;
        }

        Change(silo, () =>
        {
            if (silo.Unknown.Add(ticket))
                _unknown++;
        });
    }

    private void Move(StageLease lease, KnownSilo silo)
    {
        var ticket = lease.Request.Ticket;
        Change(lease.Silo, () => lease.Silo.Leases.Remove(ticket));
        lease.Silo = silo;
        Change(silo, () => silo.Leases[ticket] = lease);
    }

    private void Forget(KnownSilo silo, StageTicket ticket)
    {
        if (silo.Unknown.Remove(ticket))
            _unknown--;
    }

    /// <summary>The silo that computes an attempt without a lease.</summary>
    private KnownSilo? RunnerOf(StageTicket ticket) =>
        _unknown == 0 ? null : _silos.Values.Where(silo => silo.Unknown.Contains(ticket)).MinBy(silo => silo.Name, StringComparer.Ordinal);

    /// <summary>Ends all that a silo's process held.</summary>
    private IReadOnlyList<StageTicket> Clear(KnownSilo silo)
    {
        var leases = silo.Leases.Values.ToList();
        leases.ForEach(End);
        Change(silo, () =>
        {
            foreach (var ticket in silo.Unknown.ToList())
                Forget(silo, ticket);
        });
        return leases.ConvertAll(lease => lease.Request.Ticket).Sorted();
    }

    /// <summary>Changes a silo and puts it where it belongs afterwards.</summary>
    private void Change(KnownSilo silo, Action change)
    {
        Hide(silo);
        change();
        if (silo.Free > 0 && silo.Roles is not SiloRoles.None)
            _kinds[SiloKinds.IndexOf(silo.Roles)].Free.Add(silo);
    }

    private void Hide(KnownSilo silo)
    {
        if (silo.Group is not null)
            _kinds[SiloKinds.IndexOf(silo.Roles)].Free.Remove(silo);
    }
}
