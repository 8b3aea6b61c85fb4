using System.Globalization;

namespace StableVideo.Cluster;

/// <summary>What the board tells people.</summary>
internal sealed partial class SlotBoard
{
    /// <summary>Silos that have reported, by name.</summary>
    public IEnumerable<BoardSilo> Silos => _silos.Values.Where(silo => silo.Address.Length > 0).OrderBy(silo => silo.Name, StringComparer.Ordinal).Select(silo =>
        new BoardSilo(silo.Name, silo.Address, silo.Roles, silo.Busy, silo.Slots, [.. silo.Warm], silo.Models, silo.Draining, silo.HeardAt));

    /// <summary>What waits and what is busy at this moment.</summary>
    public BoardStatus Snapshot(DateTimeOffset now) => new(
        [.. SlotNeeds.All.Select(need => NeedStatus(need, now))],
        [.. _tenants.Values.Where(tenant => tenant.Waiting + tenant.Running > 0).OrderBy(tenant => tenant.Name, StringComparer.Ordinal).Select(tenant =>
            new BoardTenant(tenant.Name, tenant.Waiting, tenant.Running, OldestWait(tenant.All, now), tenant.Rule))],
        [.. Silos]);

    /// <summary>Why an attempt waits, or where it is computed, as the end of a sentence without a full stop.</summary>
    public string Explain(StageTicket ticket, DateTimeOffset now)
    {
        if (_leases.Find(ticket) is { } lease)
            return $"being computed on {lease.Silo.Name}";
        if (!_waiting.TryGetValue(KeyOf(ticket), out var stage) || stage.Request.Ticket != ticket)
            return "not in the queue";
        var need = stage.Request.Need;
        var slots = SlotsFor(need);
        if (slots == 0)
            return $"waiting for {NameOf(need)}: {WhyNone(need)}";
        if (stage.Tenant.Headroom == 0)
            return $"tenant '{stage.Tenant.Name}' computes as many stages as it may ({stage.Tenant.Rule.MaxRunning})";

        var place = stage.Tenant.PlaceOf(stage, now);
        var rivals = _tenants.Values.Where(tenant => SlotNeeds.RivalsOf(need).Any(tenant.CanUse)).ToList();
        var share = stage.Tenant.Rule.Weight / rivals.Sum(tenant => tenant.Rule.Weight);
        var seconds = place.Seconds / (slots * share) + UntilOneEnds(need, slots, now);
        var queue = rivals.Count > 1 ? $"the queue of tenant '{stage.Tenant.Name}'" : "the queue";
        return $"{Ordinal(place.Ahead + 1)} in {queue}, {About(seconds)}";
    }

    private static TimeSpan OldestWait(IEnumerable<WaitingStage> stages, DateTimeOffset now) =>
        stages.Select(stage => now - stage.EnqueuedAt).DefaultIfEmpty(TimeSpan.Zero).Max();

    private static string NameOf(SlotNeed need) => need switch
    {
        SlotNeed.Gpu => "a GPU silo",
        SlotNeed.Cpu => "a CPU silo",
        _ => "a silo",
    };

    private static string Ordinal(int number) => number.ToString(CultureInfo.InvariantCulture) + ((number % 100) is >= 11 and <= 13 ? "th" : (number % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    });

    private static string About(double seconds) => seconds switch
    {
        < 45 => "less than a minute",
        < 5400 => $"about {Math.Max(1, Math.Round(seconds / 60)):0} min",
        < 172_800 => $"about {seconds / 3600:0} h",
        _ => $"about {seconds / 86_400:0} days",
    };

    private BoardNeed NeedStatus(SlotNeed need, DateTimeOffset now)
    {
        var stages = _tenants.Values.SelectMany(tenant => tenant[need]).ToList();
        return new BoardNeed(need, stages.Count, OldestWait(stages, now));
    }

    private int SlotsFor(SlotNeed need) => _silos.Values.Where(silo => silo.TakesWork && silo.Roles.CanRun(need)).Sum(silo => silo.Slots);

    private string WhyNone(SlotNeed need) => _silos.Values.Count(silo => silo.Roles.CanRun(need)) switch
    {
        0 => "none is up",
        1 => "the only one takes no more work",
        var count => $"all {count} take no more work",
    };

    /// <summary>Seconds until the next slot falls free for a need, if the stages that hold one take as long as expected.</summary>
    private double UntilOneEnds(SlotNeed need, int slots, DateTimeOffset now)
    {
        var running = _leases.All.Where(lease => lease.Silo.TakesWork && lease.Silo.Roles.CanRun(need)).ToList();
        return running.Count < slots ? 0 : running.Min(lease => Math.Max(0, lease.Expected - (now - lease.GrantedAt).TotalSeconds));
    }
}
