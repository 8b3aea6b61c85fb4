namespace StableVideo.Tests.Cluster;

/// <summary>
/// The same policy as <see cref="SlotBoard"/> written down as plainly as it can be: lists that are searched from end to end for every question.
/// </summary>
internal sealed class ReferenceBoard(SchedulingRules rules, StageTimes times, bool oneAccount = false)
{
    private static readonly SiloRoles[] Kinds = [SiloRoles.Gpu, SiloRoles.Cpu, SiloRoles.Gpu | SiloRoles.Cpu];
    private readonly Dictionary<(SiloRoles Kind, string Tenant), double> _starts = [];
    private readonly HashSet<(SiloRoles Kind, string Tenant)> _inLine = [];
    private readonly Dictionary<SiloRoles, double> _virtualTimes = [];
    private readonly Dictionary<SiloRoles, double> _latest = [];

    public List<Stage> Waiting { get; } = [];

    public List<Lease> Leases { get; } = [];

    public List<SiloEntry> Silos { get; } = [];

    public static bool CanRun(SiloRoles roles, SlotNeed need) => need switch
    {
        SlotNeed.Gpu => roles.HasFlag(SiloRoles.Gpu),
        SlotNeed.Cpu => roles.HasFlag(SiloRoles.Cpu),
        _ => roles != SiloRoles.None,
    };

    public int Busy(SiloEntry silo) => Leases.Count(lease => lease.Silo == silo) + silo.Unknown.Count;

    public int Free(SiloEntry silo) => silo.Draining ? 0 : Math.Max(0, silo.Slots - Busy(silo));

    public int Headroom(string tenant) => (rules.For(tenant).MaxRunning ?? int.MaxValue) - Leases.Count(lease => lease.Request.Tenant == tenant);

    public EnqueueResult Enqueue(SlotRequest request, DateTimeOffset now)
    {
        if (Leases.Exists(lease => Same(lease.Request, request.Ticket) && lease.Request.Ticket.Attempt >= request.Ticket.Attempt))
            return EnqueueResult.AlreadyKnown;
        if (RunnerOf(request.Ticket) is { } running)
        {
            Take(request, running, now);
            return EnqueueResult.AlreadyKnown;
        }

        if (Waiting.Find(stage => Same(stage.Request, request.Ticket)) is { } waiting)
        {
            if (waiting.Request.Ticket.Attempt < request.Ticket.Attempt)
            {
                Remove(waiting);
                Add(request, waiting.Since);
            }

            return EnqueueResult.AlreadyKnown;
        }

        if (Waiting.Count >= rules.QueueLimit)
            return EnqueueResult.Full;
        Add(request, now);
        return EnqueueResult.Queued;
    }

    public bool Withdraw(StageTicket ticket)
    {
        var waiting = Waiting.Find(stage => stage.Request.Ticket == ticket);
        if (waiting is not null)
            Remove(waiting);
        return waiting is not null;
    }

    public bool Release(StageTicket ticket, double? seconds)
    {
        if (Leases.Find(lease => lease.Request.Ticket == ticket) is not { } lease)
            return false;
        if (seconds is { } took && lease.Kind is { } kind)
            Charge(kind, lease.Request.Tenant, took - lease.Expected);
        End(lease);
        return true;
    }

    public List<StageTicket> Update(SiloReport report, DateTimeOffset now)
    {
        var silo = Silo(report.Name, now);
        if (silo.PreviousAddress == report.Address)
            return [];
        List<StageTicket> lost = [];
        if (silo.Address is not null && silo.Address != report.Address)
        {
            lost = Clear(silo);
            silo.PreviousAddress = silo.Address;
        }

        (silo.Address, silo.Roles, silo.Slots, silo.Draining, silo.HeardAt) = (report.Address, report.Roles, report.Slots, report.Draining, now);
        silo.Unknown.Clear();
        foreach (var ticket in report.Running)
        {
            var lease = Leases.Find(lease => lease.Request.Ticket == ticket);
            if (lease is null && Waiting.Find(stage => stage.Request.Ticket == ticket) is { } waiting)
            {
                Remove(waiting);
                lease = Take(waiting.Request, silo, now);
            }

            if (lease is { Seen: false })
                lease.Silo = silo;
            if (lease?.Silo == silo)
                (lease.Seen, lease.SeenAt) = (true, now);
            else
                silo.Unknown.Add(ticket);
        }

        silo.Warm = [.. report.WarmModels, .. Leases.Where(lease => lease.Silo == silo).Select(lease => lease.Request.Model).OfType<string>()];
        return lost;
    }

    public List<StageTicket> RemoveSilo(string name)
    {
        if (Silos.Find(silo => silo.Name == name) is not { } silo)
            return [];
        var lost = Clear(silo);
        Silos.Remove(silo);
        return lost;
    }

    public List<StageTicket> Expire(DateTimeOffset now, TimeSpan silence)
    {
        var lost = Silos.Where(silo => now - silo.HeardAt > silence).ToList().SelectMany(silo => RemoveSilo(silo.Name)).ToList();
        foreach (var lease in Leases.Where(lease => now - lease.SeenAt > silence).ToList())
        {
            End(lease);
            lost.Add(lease.Request.Ticket);
        }

        return lost;
    }

    public bool Adopt(SlotRequest request, string silo, DateTimeOffset now)
    {
        if (Leases.Exists(lease => Same(lease.Request, request.Ticket) && lease.Request.Ticket.Attempt >= request.Ticket.Attempt))
            return false;
        if (Waiting.Find(stage => Same(stage.Request, request.Ticket)) is { } waiting)
        {
            if (waiting.Request.Ticket.Attempt > request.Ticket.Attempt)
                return false;
            Remove(waiting);
        }

        Take(request, RunnerOf(request.Ticket) ?? Silo(silo, now), now);
        return true;
    }

    public List<(StageTicket Ticket, string Silo)> Grant(DateTimeOffset now)
    {
        var grants = new List<(StageTicket, string)>();
        for (var before = -1; before < grants.Count;)
        {
            before = grants.Count;
            foreach (var kind in Kinds)
            {
                while (GrantOne(kind, now) is { } grant)
                    grants.Add(grant);
            }
        }

        return grants;
    }

    private static bool Same(SlotRequest request, StageTicket ticket) => request.Ticket.JobId == ticket.JobId && request.Ticket.Stage == ticket.Stage;

    private (StageTicket Ticket, string Silo)? GrantOne(SiloRoles kind, DateTimeOffset now)
    {
        var free = Silos.Where(silo => silo.Roles == kind && Free(silo) > 0).ToList();
        var freeGpu = Silos.Where(silo => silo.Roles.HasFlag(SiloRoles.Gpu)).Sum(Free);
        var freeCpu = Silos.Where(silo => silo.Roles == SiloRoles.Cpu).Sum(Free);
        var needGpu = Waiting.Where(stage => stage.Request.Need == SlotNeed.Gpu).GroupBy(stage => stage.Request.Tenant)
            .Sum(stages => Math.Clamp(Headroom(stages.Key), 0, stages.Count()));
        var preferToo = kind == SiloRoles.Cpu ? needGpu >= freeGpu : freeCpu == 0 || needGpu < freeGpu;
        var candidates = Waiting
            .Where(stage => CanRun(kind, stage.Request.Need) && (preferToo || stage.Request.Need != SlotNeed.PreferGpu) && Headroom(stage.Request.Tenant) > 0)
            .ToList();
        if (free.Count == 0 || candidates.Count == 0)
            return null;

        var tenant = candidates.Select(stage => stage.Request.Tenant).Distinct().OrderBy(name => Start(kind, name)).ThenBy(name => name, StringComparer.Ordinal).First();
        var ranked = candidates.Where(stage => stage.Request.Tenant == tenant).OrderBy(stage => stage.Rank)
            .ThenBy(stage => stage.Request.Ticket.JobId, StringComparer.Ordinal).ThenBy(stage => stage.Request.Ticket.Stage).ToList();
        var best = ranked[0];
        bool IsWarm(string? model) => model is not null && free.Exists(silo => silo.Warm.Contains(model));
        if (best.Request.Model is not null && !IsWarm(best.Request.Model))
        {
            best = ranked.GroupBy(stage => stage.Request.Need).SelectMany(stages => stages.Take(rules.AffinityCandidates))
                .Where(stage => IsWarm(stage.Request.Model) && stage.Rank - best.Rank <= rules.AffinityWindow).OrderBy(ranked.IndexOf).FirstOrDefault() ?? best;
        }

        var chosen = free.Where(silo => !IsWarm(best.Request.Model) || silo.Warm.Contains(best.Request.Model!))
            .OrderBy(silo => silo.Warm.Where(model => model != best.Request.Model).Sum(model => Waiting.Count(stage => stage.Request.Model == model)))
            .ThenByDescending(Free).ThenBy(silo => silo.Name, StringComparer.Ordinal).First();
        _virtualTimes[AccountOf(kind)] = Math.Max(VirtualTime(kind), Start(kind, tenant));
        Charge(kind, tenant, best.Expected);
        Remove(best);
        Take(best.Request, chosen, now, kind, best.Expected);
        return (best.Request.Ticket, chosen.Name);
    }

    private SiloEntry? RunnerOf(StageTicket ticket) => Silos.Where(silo => silo.Unknown.Contains(ticket)).MinBy(silo => silo.Name, StringComparer.Ordinal);

    private void Charge(SiloRoles kind, string tenant, double seconds)
    {
        var account = AccountOf(kind);
        _starts[(account, tenant)] = Start(kind, tenant) + seconds / rules.For(tenant).Weight;
        _latest[account] = Math.Max(_latest.GetValueOrDefault(account), _starts[(account, tenant)]);
    }

    private double Start(SiloRoles kind, string tenant) => _starts.GetValueOrDefault((AccountOf(kind), tenant));

    private double VirtualTime(SiloRoles kind) => _virtualTimes.GetValueOrDefault(AccountOf(kind));

    /// <summary>Whose virtual times count for a kind: its own, or for comparison those of all kinds together.</summary>
    private SiloRoles AccountOf(SiloRoles kind) => oneAccount ? SiloRoles.None : kind;

    private SiloEntry Silo(string name, DateTimeOffset now)
    {
        if (Silos.Find(silo => silo.Name == name) is not { } silo)
            Silos.Add(silo = new SiloEntry(name) { HeardAt = now });
        return silo;
    }

    private void Add(SlotRequest request, DateTimeOffset since)
    {
        var expected = times.Expect(request);
        var submitted = request.SubmittedAt < since ? request.SubmittedAt.Value : since;
        Waiting.Add(new Stage(request, since, expected, submitted - request.Priority * rules.PriorityStep + TimeSpan.FromSeconds(expected)));
        Settle(request.Tenant);
    }

    private void Remove(Stage stage)
    {
        Waiting.Remove(stage);
        Settle(stage.Request.Tenant);
    }

    private Lease Take(SlotRequest request, SiloEntry silo, DateTimeOffset now, SiloRoles? kind = null, double expected = 0)
    {
        var lease = new Lease(request, kind, expected) { Silo = silo, SeenAt = now };
        Leases.Add(lease);
        silo.Unknown.Remove(request.Ticket);
        if (request.Model is { } model)
            silo.Warm.Add(model);
        Settle(request.Tenant);
        return lease;
    }

    private void End(Lease lease)
    {
        Leases.Remove(lease);
        Settle(lease.Request.Tenant);
    }

    private List<StageTicket> Clear(SiloEntry silo)
    {
        var lost = Leases.Where(lease => lease.Silo == silo).ToList();
        lost.ForEach(End);
        silo.Unknown.Clear();
        return lost.ConvertAll(lease => lease.Request.Ticket);
    }

    private void Settle(string tenant)
    {
        foreach (var kind in Kinds)
        {
            if (!(Headroom(tenant) > 0 && Waiting.Exists(stage => stage.Request.Tenant == tenant && CanRun(kind, stage.Request.Need))))
                _inLine.Remove((kind, tenant));
            else if (_inLine.Add((kind, tenant)))
                _starts[(AccountOf(kind), tenant)] = Math.Max(Start(kind, tenant), VirtualTime(kind));
            if (!_inLine.Any(entry => AccountOf(entry.Kind) == AccountOf(kind)))
                _virtualTimes[AccountOf(kind)] = _latest.GetValueOrDefault(AccountOf(kind));
        }
    }

    public sealed record Stage(SlotRequest Request, DateTimeOffset Since, double Expected, DateTimeOffset Rank);

    public sealed record Lease(SlotRequest Request, SiloRoles? Kind, double Expected)
    {
        public required SiloEntry Silo { get; set; }

        public DateTimeOffset SeenAt { get; set; }

        public bool Seen { get; set; }
    }

    public sealed class SiloEntry(string name)
    {
        public string Name => name;

        public string? Address { get; set; }

        public string? PreviousAddress { get; set; }

        public SiloRoles Roles { get; set; }

        public int Slots { get; set; }

        public bool Draining { get; set; }

        public DateTimeOffset HeardAt { get; set; }

        public HashSet<StageTicket> Unknown { get; } = [];

        public HashSet<string> Warm { get; set; } = [];
    }
}
