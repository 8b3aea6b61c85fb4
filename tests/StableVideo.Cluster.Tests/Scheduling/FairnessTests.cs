using CsCheck;
using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>What tenants get of the slots.</summary>
public sealed class FairnessTests
{
    /// <summary>The bound of start-time fair queueing: served work over weight differs by no more than one largest stage of each.</summary>
    [Fact]
    public void Tenants_that_always_wait_get_shares_by_weight() =>
        Gen.Select(Gen.Double[0.1, 10], Gen.Double[0.1, 10], Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 5], Gen.Int[0, 1000])
            .Sample((one, other, longest, longestOther, slots, seed) =>
        {
            var cluster = new SmallCluster(Weights(("one", one), ("other", other)));
            var random = new Random(seed);
            cluster.Board.Update(Silo("gpu", slots: slots), Start);
            var longestOf = new Dictionary<string, int> { ["one"] = longest, ["other"] = longestOther };
            var number = 0;
            void Add(string tenant) => cluster.Add(Request($"j{number++:D5}", tenant: tenant, work: 1 + random.Next(longestOf[tenant])));
            for (var i = 0; i < 2 * slots; i++)
            {
                Add("one");
                Add("other");
            }

            cluster.RunUntil(1000, ended => Add(ended.Tenant));
            var difference = cluster.GrantedWork("one") / one - cluster.GrantedWork("other") / other;
            Assert.InRange(Math.Abs(difference), 0, longest / one + longestOther / other + 1e-6);
        }, iter: 150);

    [Fact]
    public void Three_tenants_share_by_weight_although_one_has_short_and_one_long_stages()
    {
        var cluster = new SmallCluster(Weights(("a", 4), ("b", 2), ("c", 1)));
        cluster.Board.Update(Silo("gpu", slots: 4), Start);
        var number = 0;
        void Add(string tenant) => cluster.Add(Request($"j{number++:D5}", tenant: tenant, work: tenant switch { "a" => 3, "b" => 60, _ => 20 }));
        foreach (var tenant in new[] { "a", "b", "c" }.SelectMany(tenant => Enumerable.Repeat(tenant, 30)))
            Add(tenant);
        cluster.RunUntil(20_000, ended => Add(ended.Tenant));

        var all = cluster.Granted.Sum(granted => granted.Grant.Request.Work);
        Assert.Equal(4 / 7d, cluster.GrantedWork("a") / all, 0.01);
        Assert.Equal(2 / 7d, cluster.GrantedWork("b") / all, 0.01);
        Assert.Equal(1 / 7d, cluster.GrantedWork("c") / all, 0.01);
    }

    [Fact]
    public void A_tenant_whose_stages_take_longer_than_expected_is_charged_for_it()
    {
        var cluster = new SmallCluster(Weights(("honest", 1), ("slow", 1))) { Takes = grant => grant.Request.Work * (grant.Request.Tenant == "slow" ? 4 : 1) };
        cluster.Board.Update(Silo("gpu", slots: 2), Start);
        var number = 0;
        void Add(string tenant) => cluster.Add(Request($"j{number++:D5}", tenant: tenant));
        foreach (var tenant in new[] { "honest", "slow" }.SelectMany(tenant => Enumerable.Repeat(tenant, 10)))
            Add(tenant);
        cluster.RunUntil(20_000, ended => Add(ended.Tenant));
        Assert.Equal(4, cluster.GrantedWork("honest") / cluster.GrantedWork("slow"), 0.1);
    }

    [Fact]
    public void Being_idle_saves_up_no_credit()
    {
        var cluster = new SmallCluster(new SchedulingRules());
        cluster.Board.Update(Silo("gpu"), Start);
        var number = 0;
        void Add(string tenant) => cluster.Add(Request($"j{number++:D5}", tenant: tenant));
        for (var i = 0; i < 5; i++)
            Add("busy");
        cluster.RunUntil(10_000, ended => Add(ended.Tenant));
        for (var i = 0; i < 50; i++)
            Add("late");
        var before = cluster.Granted.Count;
        cluster.RunUntil(10_400, ended => Add(ended.Tenant));

        var late = cluster.Granted.Skip(before).Count(granted => granted.Grant.Request.Tenant == "late");
        Assert.InRange(late, 19, 21);
    }

    [Fact]
    public void Being_at_its_limit_saves_up_no_credit()
    {
        var rules = new SchedulingRules { Tenants = new Dictionary<string, TenantRule> { ["limited"] = new(MaxRunning: 1) } };
        var cluster = new SmallCluster(rules);
        cluster.Board.Update(Silo("a", slots: 10), Start);
        var number = 0;
        void Add(string tenant) => cluster.Add(Request($"j{number++:D5}", tenant: tenant));
        foreach (var tenant in new[] { "limited", "other" }.SelectMany(tenant => Enumerable.Repeat(tenant, 40)))
            Add(tenant);
        cluster.RunUntil(5000, ended => Add(ended.Tenant));
        Assert.Equal(0.1, cluster.GrantedWork("limited") / cluster.Granted.Sum(granted => granted.Grant.Request.Work), 0.01);

        // With one slot its share is half; credit from the time at its limit would give it all.
        cluster.Board.Update(Silo("a", slots: 1), cluster.Time);
        cluster.RunUntil(5020, ended => Add(ended.Tenant));
        var before = cluster.Granted.Count;
        cluster.RunUntil(6020, ended => Add(ended.Tenant));
        Assert.InRange(cluster.Granted.Skip(before).Count(granted => granted.Grant.Request.Tenant == "limited"), 48, 52);
    }

    [Fact]
    public void A_tenant_never_computes_more_than_its_limit()
    {
        var cluster = new SmallCluster(new SchedulingRules { DefaultTenant = new TenantRule(MaxRunning: 3) });
        cluster.Board.Update(Silo("gpu", slots: 8), Start);
        for (var i = 0; i < 20; i++)
            cluster.Add(Request($"j{i:D2}", tenant: i % 2 == 0 ? "a" : "b"));
        cluster.Grant();
        Assert.Equal([3, 3], cluster.Board.Snapshot(Start).Tenants.Select(tenant => tenant.Running));
        cluster.RunUntil(1000);
        Assert.Equal(20, cluster.Granted.Count);
    }

    /// <summary>Why virtual times are kept per kind of silos: ten CPU slots make the virtual time run ten times as fast as the one GPU slot can serve.</summary>
    [Theory]
    [InlineData(false, 1, 2)]
    [InlineData(true, 100, int.MaxValue)]
    public void With_one_virtual_time_for_all_silos_a_newcomer_would_wait_for_ever(bool oneAccount, int least, int most)
    {
        var board = new ReferenceBoard(new SchedulingRules(), OneSecondPerUnit, oneAccount);
        board.Update(Silo("cpu", SiloRoles.Cpu, slots: 10), Start);
        board.Update(Silo("gpu"), Start);
        for (var i = 0; i < 20; i++)
            board.Enqueue(Request($"cpu-{i}", SlotNeed.Cpu, "cpu-only"), Start);
        for (var i = 0; i < 3; i++)
            board.Enqueue(Request($"gpu-{i}", SlotNeed.Gpu, "gpu-only"), Start);

        // Every ten seconds all that is computed ends and is asked for again.
        var waited = int.MaxValue;
        for (var round = 1; round < 150 && waited == int.MaxValue; round++)
        {
            var now = Start.AddSeconds(10 * round);
            foreach (var (ticket, _) in board.Grant(now))
            {
                var request = board.Leases.Find(lease => lease.Request.Ticket == ticket)!.Request;
                if (request.Tenant == "newcomer")
                    waited = round - 49;
                board.Release(ticket, request.Work);
                board.Enqueue(request, now);
            }

            if (round == 49)
                board.Enqueue(Request("new", SlotNeed.Gpu, "newcomer"), now);
        }

        Assert.InRange(waited, least, most);
    }

    [Fact]
    public void A_newcomer_does_not_pay_for_what_others_take_of_silos_it_can_not_use()
    {
        var cluster = new SmallCluster(new SchedulingRules());
        cluster.Board.Update(Silo("cpu", SiloRoles.Cpu, slots: 50), Start);
        cluster.Board.Update(Silo("gpu"), Start);
        var number = 0;
        void Add(string tenant, SlotNeed need) => cluster.Add(Request($"j{number++:D5}", need, tenant));
        for (var i = 0; i < 100; i++)
            Add("cpu-only", SlotNeed.Cpu);
        for (var i = 0; i < 5; i++)
            Add("gpu-only", SlotNeed.Gpu);
        cluster.RunUntil(2000, ended => Add(ended.Tenant, ended.Need));
        cluster.Add(Request("new", SlotNeed.Gpu, "cpu-only"));
        cluster.Add(Request("newer", SlotNeed.Gpu, "newcomer"));
        cluster.RunUntil(2100, ended => Add(ended.Tenant, ended.Need));
        Assert.InRange(cluster.GrantedAt("new"), 2000, 2030);
        Assert.InRange(cluster.GrantedAt("newer"), 2000, 2030);
    }

    [Fact]
    public void Tenants_without_stages_are_forgotten_when_nothing_is_lost_by_it()
    {
        var board = Board();
        board.Update(Silo("gpu"), Start);
        for (var i = 0; i < 1000; i++)
        {
            board.Enqueue(Request($"j{i}", tenant: $"tenant-{i}"), Start);
            board.Grant(Start);
            board.Release(Ticket($"j{i}"));
        }

        board.Expire(Start, TimeSpan.FromMinutes(1));
        Assert.Equal(0, board.Tenants);
    }

    private static SchedulingRules Weights(params (string Tenant, double Weight)[] weights) =>
        new() { Tenants = weights.ToDictionary(tenant => tenant.Tenant, tenant => new TenantRule(tenant.Weight)) };
}
