namespace StableVideo.Cluster;

/// <summary>
/// Which tenant is next for a slot of one kind of silos: start-time fair queueing (Goyal, Vin, Cheng: "Start-time Fair Queuing", SIGCOMM 1996)
/// on seconds. Whoever has the least virtual start time is next; a grant moves it on by the stage's expected seconds over the tenant's weight, and the
/// end of the stage corrects that by what it really took. A tenant that comes in line joins at the virtual time of the last grant, so being idle, or
/// at its limit, saves up nothing.
/// </summary>
/// <remarks>
/// Every kind of silos has virtual times of its own. With one for all, a tenant that alone uses the free CPU silos would drive the virtual time ahead of
/// tenants that wait for the scarce GPU silos, and a newcomer, who joins at that time, would wait until they have caught up: for ever if they never do.
/// </remarks>
internal sealed class FairShare
{
    private readonly int _kind;
    private readonly SortedSet<TenantQueue>[] _lines;
    private double _virtualTime;
    private double _latest;

    public FairShare(SiloRoles kind)
    {
        _kind = SiloKinds.IndexOf(kind);
        var order = Comparer<TenantQueue>.Create(Compare);
        _lines = [.. SlotNeeds.All.Select(_ => new SortedSet<TenantQueue>(order))];
        Needs = [.. SlotNeeds.All.Where(need => kind.CanRun(need))];
    }

    /// <summary>What these silos can compute.</summary>
    public IReadOnlyList<SlotNeed> Needs { get; }

    /// <summary>Puts a tenant in line, or takes it out, after its stages or its running count changed.</summary>
    public void Settle(TenantQueue tenant)
    {
        var tag = tenant.Tags[_kind];
        if (!tag.InLine.Contains(true) && Needs.Any(tenant.CanUse))
            tag.Start = Math.Max(tag.Start, _virtualTime);
        foreach (var need in Needs)
        {
            var can = tenant.CanUse(need);
            if (can == tag.InLine[(int)need])
                continue;
            _ = can ? _lines[(int)need].Add(tenant) : _lines[(int)need].Remove(tenant);
            tag.InLine[(int)need] = can;
        }

        // Nobody waits: the busy period is over, and what was used in it is held against nobody in the next.
        if (Needs.All(need => _lines[(int)need].Count == 0))
            _virtualTime = _latest;
    }

    /// <summary>The tenant that is next among those with a stage of one of the needs that may be served now.</summary>
    public TenantQueue? First(bool preferGpuToo)
    {
        TenantQueue? first = null;
        foreach (var need in Needs)
        {
            if ((need != SlotNeed.PreferGpu || preferGpuToo) && _lines[(int)need].Min is { } tenant && (first is null || Compare(tenant, first) < 0))
                first = tenant;
        }

        return first;
    }

    /// <summary>Charges a tenant, which stands in line, for a stage that gets a slot.</summary>
    public void Charge(TenantQueue tenant, double expectedSeconds)
    {
        _virtualTime = Math.Max(_virtualTime, tenant.Tags[_kind].Start);
        Move(tenant, expectedSeconds);
    }

    /// <summary>Charges what a stage took beyond what was expected of it, or gives back what it did not take.</summary>
    public void Correct(TenantQueue tenant, double moreSeconds) => Move(tenant, moreSeconds);

    /// <summary>Whether nothing is lost when a tenant without stages is forgotten: it would come back at the same virtual time.</summary>
    public bool CanForget(TenantQueue tenant) => tenant.Tags[_kind].Start <= _virtualTime;

    private void Move(TenantQueue tenant, double seconds)
    {
        var tag = tenant.Tags[_kind];
        foreach (var need in Needs)
        {
            if (tag.InLine[(int)need])
                _lines[(int)need].Remove(tenant);
        }

        tag.Start += seconds / tenant.Rule.Weight;
        _latest = Math.Max(_latest, tag.Start);
        foreach (var need in Needs)
        {
            if (tag.InLine[(int)need])
                _lines[(int)need].Add(tenant);
        }
    }

    private int Compare(TenantQueue one, TenantQueue other)
    {
        var start = one.Tags[_kind].Start.CompareTo(other.Tags[_kind].Start);
        return start != 0 ? start : string.CompareOrdinal(one.Name, other.Name);
    }
}
