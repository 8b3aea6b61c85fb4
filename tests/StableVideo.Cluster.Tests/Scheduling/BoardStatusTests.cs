using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>What the board tells people.</summary>
public sealed class BoardStatusTests
{
    [Fact]
    public void A_snapshot_counts_what_waits_and_what_is_busy()
    {
        var board = Board();
        board.Update(Silo("b", slots: 2).Warm("x"), Start);
        board.Update(Silo("a", SiloRoles.Cpu, draining: true), Start.AddSeconds(3));
        board.Enqueue(Request("1", tenant: "one"), Start);
        board.Grant(Start);
        board.Enqueue(Request("2", SlotNeed.Cpu, "one"), Start.AddSeconds(1));
        board.Enqueue(Request("3", SlotNeed.Cpu, "two"), Start.AddSeconds(4));

        var status = board.Snapshot(Start.AddSeconds(10));
        Assert.Equal(
            [(SlotNeed.Gpu, 0, 0.0), (SlotNeed.PreferGpu, 0, 0.0), (SlotNeed.Cpu, 2, 9.0)],
            status.Needs.Select(need => (need.Need, need.Waiting, need.OldestWait.TotalSeconds)));
        Assert.Equal(
            [("one", 1, 1, 9.0), ("two", 1, 0, 6.0)],
            status.Tenants.Select(tenant => (tenant.Tenant, tenant.Waiting, tenant.Running, tenant.OldestWait.TotalSeconds)));
        Assert.Equal(["a a@1 Cpu 0/1 [] True 3", "b b@1 Gpu 1/2 [x] False 0"], status.Silos.Select(silo =>
            $"{silo.Name} {silo.Address} {silo.Roles} {silo.Busy}/{silo.Slots} [{string.Join(' ', silo.WarmModels)}] {silo.Draining} {(silo.HeardAt - Start).TotalSeconds}"));
    }

    [Fact]
    public void It_says_why_a_stage_waits()
    {
        var board = Board(new SchedulingRules { Tenants = new Dictionary<string, TenantRule> { ["a"] = new(MaxRunning: 1) } });
        string Explain(string job, SlotNeed need = SlotNeed.Gpu) => board.Explain(Ticket(job, need), Start.AddSeconds(40));
        board.Enqueue(Request("1", tenant: "a", work: 100), Start);
        Assert.Equal("waiting for a GPU silo: none is up", Explain("1"));
        board.Update(Silo("gpu", draining: true), Start);
        Assert.Equal("waiting for a GPU silo: the only one takes no more work", Explain("1"));
        board.Update(Silo("other", draining: true), Start);
        Assert.Equal("waiting for a GPU silo: all 2 take no more work", Explain("1"));
        board.Enqueue(Request("2", SlotNeed.Cpu), Start);
        Assert.Equal("waiting for a CPU silo: none is up", Explain("2", SlotNeed.Cpu));

        board.Update(Silo("gpu"), Start);
        Assert.Equal("1st in the queue, less than a minute", Explain("1"));
        board.Grant(Start);
        Assert.Equal("being computed on gpu", Explain("1"));
        Assert.Equal("not in the queue", board.Explain(Ticket("1", attempt: 2), Start));
        board.Enqueue(Request("3", tenant: "a"), Start);
        Assert.Equal("tenant 'a' computes as many stages as it may (1)", Explain("3"));

        // The slot falls free in one minute; then come two stages of 200 s ahead on one slot.
        board.Enqueue(Request("4", tenant: "b", work: 200), Start);
        board.Enqueue(Request("5", tenant: "b", work: 200), Start.AddSeconds(1));
        board.Enqueue(Request("6", tenant: "b", work: 200), Start.AddSeconds(2));
        Assert.Equal("1st in the queue, about 1 min", Explain("4"));
        Assert.Equal("3rd in the queue, about 8 min", Explain("6"));
        board.Enqueue(Request("7", tenant: "c"), Start);
        Assert.Equal("3rd in the queue of tenant 'b', about 14 min", Explain("6"));
    }

    [Theory]
    [InlineData(1, "1st")]
    [InlineData(2, "2nd")]
    [InlineData(3, "3rd")]
    [InlineData(4, "4th")]
    [InlineData(11, "11th")]
    [InlineData(12, "12th")]
    [InlineData(13, "13th")]
    [InlineData(21, "21st")]
    [InlineData(112, "112th")]
    public void Positions_are_said_as_people_say_them(int position, string said)
    {
        var board = Board();
        board.Update(Silo("gpu"), Start);
        for (var i = 1; i <= position; i++)
            board.Enqueue(Request($"j{i:D3}", work: 3600), Start);
        var hours = position - 1;
        var wait = hours == 0 ? "less than a minute" : hours == 1 ? "about 60 min" : hours < 48 ? $"about {hours} h" : $"about {Math.Round(hours / 24d):0} days";
        Assert.Equal($"{said} in the queue, {wait}", board.Explain(Ticket($"j{position:D3}"), Start));
    }

    [Fact]
    public void A_waiting_stage_takes_little_memory()
    {
        var board = Board();
        var requests = Enumerable.Range(0, 10_000).Select(number => Request($"job-{number:D5}", model: $"model-{number % 3}", tenant: $"tenant-{number % 10}")).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests)
            board.Enqueue(request, Start);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10_000, 1, 2000);
    }
}
