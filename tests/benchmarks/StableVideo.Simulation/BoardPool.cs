using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>The product's scheduler.</summary>
internal sealed class BoardPool : ISlotPool
{
    private readonly StageTimes _times = new();
    private readonly SlotBoard _board;

    public BoardPool(SchedulingRules rules) => _board = new SlotBoard(rules, _times);

    public int Waiting => _board.Waiting;

    public static SchedulingRules Rules(SimulationOptions options) => new()
    {
        Tenants = SimulatedTenant.All.ToDictionary(tenant => tenant.Name, tenant => new TenantRule(tenant.Weight)),
        QueueLimit = 2 * options.Jobs,
    };

    public void Enqueue(SlotRequest request, DateTimeOffset now)
    {
        if (_board.Enqueue(request, now) != EnqueueResult.Queued)
            throw new InvalidOperationException($"{request.Ticket} was not queued.");
    }

    public void Complete(SlotRequest request, double seconds)
    {
        _times.Learn(request, seconds);
        _ = _board.Release(request.Ticket, seconds) ?? throw new InvalidOperationException($"{request.Ticket} held no slot.");
    }

    public IReadOnlyList<StageTicket> Update(SiloReport report, DateTimeOffset now) => _board.Update(report, now);

    public IReadOnlyList<StageTicket> Expire(DateTimeOffset now, TimeSpan silence) => _board.Expire(now, silence);

    public IReadOnlyList<SlotGrant> Grant(DateTimeOffset now) => _board.Grant(now);
}
