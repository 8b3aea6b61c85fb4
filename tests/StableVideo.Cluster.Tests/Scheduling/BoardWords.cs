namespace StableVideo.Tests.Cluster;

/// <summary>Short ways to say requests and reports.</summary>
internal static class BoardWords
{
    public static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Work is in seconds: each stage is expected to take so many.</summary>
    public static StageTimes OneSecondPerUnit { get; } = StageTimes.From(new StageTimesState
    {
        Rates = [.. Enum.GetValues<JobStage>().Select(stage => new StageRate { Stage = stage, Seconds = 1, Samples = 1 })],
    });

    public static SlotBoard Board(SchedulingRules? rules = null) => new(rules ?? new SchedulingRules(), OneSecondPerUnit);

    public static StageTicket Ticket(string job, SlotNeed need = SlotNeed.Gpu, int attempt = 1) => new(job, StageOf(need), attempt);

    public static SlotRequest Request(
        string job, SlotNeed need = SlotNeed.Gpu, string tenant = "default", int priority = 0, string? model = null, double work = 10, int attempt = 1) => new()
        {
            Ticket = Ticket(job, need, attempt),
            Tenant = tenant,
            Priority = priority,
            Need = need,
            Model = model,
            Work = work,
        };

    public static SiloReport Silo(string name, SiloRoles roles = SiloRoles.Gpu, int slots = 1, string address = "1", bool draining = false) => new()
    {
        Name = name,
        Address = $"{name}@{address}",
        Roles = roles,
        Slots = slots,
        Draining = draining,
    };

    public static SiloReport Warm(this SiloReport report, params string[] models) => report with { WarmModels = models };

    public static SiloReport Runs(this SiloReport report, params StageTicket[] tickets) => report with { Running = tickets };

    /// <summary>Who got a slot where, as "job@silo".</summary>
    public static IEnumerable<string> Said(this IReadOnlyList<SlotGrant> grants) => grants.Select(grant => $"{grant.Request.Ticket.JobId}@{grant.Silo}");

    private static JobStage StageOf(SlotNeed need) => need switch
    {
        SlotNeed.Gpu => JobStage.EditForeground,
        SlotNeed.PreferGpu => JobStage.Decompose,
        _ => JobStage.Compose,
    };
}
