using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>
/// The plainest thing that works, to compare with: who asked first goes first if there is a slot for it; no tenants, priorities or models.
/// Silos have one role and one slot.
/// </summary>
internal sealed class FifoPool : ISlotPool
{
    private readonly Dictionary<SlotNeed, Queue<(long Number, SlotRequest Request, DateTimeOffset Since)>> _waiting =
        Enum.GetValues<SlotNeed>().ToDictionary(need => need, _ => new Queue<(long, SlotRequest, DateTimeOffset)>());

    private readonly Dictionary<string, (SiloReport Report, DateTimeOffset HeardAt)> _silos = [];
    private readonly Dictionary<SiloRoles, SortedSet<string>> _free = new() { [SiloRoles.Gpu] = [], [SiloRoles.Cpu] = [] };
    private readonly Dictionary<string, StageTicket> _leases = [];
    private readonly Dictionary<StageTicket, string> _holders = [];
    private long _number;

    public int Waiting => _waiting.Values.Sum(queue => queue.Count);

    public void Enqueue(SlotRequest request, DateTimeOffset now) => _waiting[request.Need].Enqueue((_number++, request, now));

    public void Complete(SlotRequest request, double seconds)
    {
        _holders.Remove(request.Ticket, out var silo);
        _leases.Remove(silo!);
        _free[_silos[silo!].Report.Roles].Add(silo!);
    }

    public IReadOnlyList<StageTicket> Update(SiloReport report, DateTimeOffset now)
    {
        var restarted = _silos.TryGetValue(report.Name, out var known) && known.Report.Address != report.Address;
        var lost = restarted ? Drop(report.Name) : [];
        _silos[report.Name] = (report, now);
        if (!_leases.ContainsKey(report.Name))
            _free[report.Roles].Add(report.Name);
        return lost;
    }

    public IReadOnlyList<StageTicket> Expire(DateTimeOffset now, TimeSpan silence) =>
        [.. _silos.Where(silo => now - silo.Value.HeardAt > silence).Select(silo => silo.Key).ToList().SelectMany(Drop)];

    public IReadOnlyList<SlotGrant> Grant(DateTimeOffset now)
    {
        var grants = new List<SlotGrant>();
        while (true)
        {
            var next = _waiting.Where(queue => queue.Value.Count > 0 && RoleFor(queue.Key) is not null).OrderBy(queue => queue.Value.Peek().Number).FirstOrDefault();
            if (next.Value is null)
                return grants;
            var (_, request, since) = next.Value.Dequeue();
            var free = _free[RoleFor(request.Need)!.Value];
            var silo = free.Min!;
            free.Remove(silo);
            _leases[silo] = request.Ticket;
            _holders[request.Ticket] = silo;
            grants.Add(new SlotGrant(request, silo, _silos[silo].Report.Address, now - since));
        }
    }

    private SiloRoles? RoleFor(SlotNeed need) => need switch
    {
        not SlotNeed.Cpu when _free[SiloRoles.Gpu].Count > 0 => SiloRoles.Gpu,
        not SlotNeed.Gpu when _free[SiloRoles.Cpu].Count > 0 => SiloRoles.Cpu,
        _ => null,
    };

    private List<StageTicket> Drop(string name)
    {
        _silos.Remove(name, out var silo);
        _free[silo.Report.Roles].Remove(name);
        if (!_leases.Remove(name, out var ticket))
            return [];
        _holders.Remove(ticket);
        return [ticket];
    }
}
