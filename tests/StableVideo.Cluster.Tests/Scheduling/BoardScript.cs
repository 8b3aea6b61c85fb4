using CsCheck;
using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>Something that happens to a board; the numbers say to whom.</summary>
internal sealed record BoardStep(int What, int Job, int Silo, int Detail, int Seconds)
{
    private static readonly SiloRoles[] AllRoles = [SiloRoles.Gpu, SiloRoles.Cpu, SiloRoles.Gpu | SiloRoles.Cpu, SiloRoles.Gpu, SiloRoles.Cpu];
    private static readonly string?[] Models = [null, "a", "b", "c"];

    public static Gen<List<BoardStep>> Scripts { get; } =
        Gen.Select(Gen.Int[0, 29], Gen.Int[0, 19], Gen.Int[0, 4], Gen.Int[0, 9999], Gen.Int[0, 8], (what, job, silo, detail, seconds) =>
            new BoardStep(what, job, silo, detail, seconds)).List[1, 120];

    public static SchedulingRules Rules { get; } = new()
    {
        Tenants = new Dictionary<string, TenantRule> { ["t0"] = new(3), ["t1"] = new(1, MaxRunning: 2) },
        QueueLimit = 15,
        PriorityStep = TimeSpan.FromSeconds(30),
        AffinityWindow = TimeSpan.FromSeconds(20),
        AffinityCandidates = 3,
    };

    private SlotNeed Need => (SlotNeed)(Job % 3);

    /// <summary>Does the step and says what came of it. Every step ends with a grant, as in the scheduler.</summary>
    public string Play(SlotBoard board, ReferenceBoard truth, DateTimeOffset now)
    {
        var ticket = Ticket($"j{Job}", Need, 1 + Detail % 3);
        var silo = $"s{Silo}";
        double? seconds = Detail % 2 == 0 ? null : Detail % 40;
        return What switch
        {
            < 12 => Both(board.Enqueue(Request(), now), truth.Enqueue(Request(), now)),
            < 13 => Both(board.Withdraw(ticket), truth.Withdraw(ticket)),
            < 19 => EndOne(board, truth, seconds),
            < 27 => Both(Report(truth), report => board.Update(report, now), report => truth.Update(report, now)),
            < 28 => Both(silo, board.RemoveSilo, truth.RemoveSilo),
            < 29 => Both(TimeSpan.FromSeconds(30), silence => board.Expire(now, silence), silence => truth.Expire(now, silence)),
            _ => Both(board.Adopt(Request(), silo, now), truth.Adopt(Request(), silo, now)),
        };
    }

    private static string Both<T>(T one, T other)
    {
        Assert.Equal(other, one);
        return $"{one}";
    }

    private static string Both<T>(T input, Func<T, IReadOnlyList<StageTicket>> one, Func<T, List<StageTicket>> other)
    {
        var lost = string.Join(", ", one(input));
        Assert.Equal(string.Join(", ", other(input).Order(Comparer<StageTicket>.Create(TicketOrder.Compare))), lost);
        return lost;
    }

    private string EndOne(SlotBoard board, ReferenceBoard truth, double? seconds)
    {
        if (truth.Leases.Count == 0)
            return "";
        var ticket = truth.Leases[Detail % truth.Leases.Count].Request.Ticket;
        return Both(board.Release(ticket, seconds) is not null, truth.Release(ticket, seconds));
    }

    private SlotRequest Request() => BoardWords.Request(
        $"j{Job}", Need, $"t{Job / 3 % 3}", Detail % 5 - 2, Need == SlotNeed.Cpu ? null : Models[Detail % Models.Length], 1 + Detail % 37, 1 + Detail % 11 / 9) with
    {
        SubmittedAt = Detail % 4 == 0 ? Start + TimeSpan.FromSeconds(Detail % 100) : null,
    };

    /// <summary>A report of what the silo computes, at times without one that it should, or with one that nobody here sent to it.</summary>
    private SiloReport Report(ReferenceBoard truth)
    {
        var running = truth.Leases.Where(lease => lease.Silo.Name == $"s{Silo}").Select(lease => lease.Request.Ticket).ToList();
        if (Detail % 7 == 0 && running.Count > 0)
            running.RemoveAt(0);
        if (Detail % 13 == 0)
            running.Add(Ticket($"j{Job}", Need));
        return BoardWords.Silo($"s{Silo}", AllRoles[Silo], Detail % 17 == 0 ? 1 : 3, Detail % 29 == 0 ? "2" : "1", Detail % 11 == 0) with
        {
            Running = running,
            WarmModels = Models[Detail % Models.Length] is { } model ? [model] : [],
        };
    }
}
