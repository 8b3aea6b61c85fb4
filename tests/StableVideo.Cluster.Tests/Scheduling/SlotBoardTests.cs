using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

public sealed class SlotBoardTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private readonly SlotBoard _board = Board();

    [Fact]
    public void A_stage_gets_a_slot_when_one_is_there_and_gives_it_back()
    {
        Assert.Equal(EnqueueResult.Queued, _board.Enqueue(Request("a"), Start));
        Assert.Empty(_board.Grant(Start));
        Assert.Empty(_board.Update(Silo("gpu-1"), Start + Second));

        var grant = Assert.Single(_board.Grant(Start + 2 * Second));
        Assert.Equal(("gpu-1", "gpu-1@1", 2 * Second), (grant.Silo, grant.Address, grant.Waited));
        Assert.True(_board.IsLeased(Ticket("a")));
        Assert.Empty(_board.Grant(Start + 3 * Second));

        _board.Enqueue(Request("b"), Start);
        Assert.Empty(_board.Grant(Start + 3 * Second));
        Assert.Equal("a", _board.Release(Ticket("a"))!.Request.Ticket.JobId);
        Assert.Null(_board.Release(Ticket("a")));
        Assert.Equal(["b@gpu-1"], _board.Grant(Start + 4 * Second).Said());
    }

    [Fact]
    public void The_same_request_again_changes_nothing()
    {
        _board.Update(Silo("gpu-1"), Start);
        Assert.Equal(EnqueueResult.Queued, _board.Enqueue(Request("a"), Start));
        Assert.Equal(EnqueueResult.AlreadyKnown, _board.Enqueue(Request("a"), Start));
        Assert.Single(_board.Grant(Start));
        Assert.Equal(EnqueueResult.AlreadyKnown, _board.Enqueue(Request("a"), Start));
        Assert.Equal((0, 1), (_board.Waiting, _board.Leases));
    }

    [Fact]
    public void A_newer_attempt_takes_the_place_of_an_older_one_that_waits()
    {
        _board.Enqueue(Request("a"), Start);
        _board.Enqueue(Request("b"), Start + Second);
        Assert.Equal(EnqueueResult.AlreadyKnown, _board.Enqueue(Request("a", attempt: 2), Start + 5 * Second));
        Assert.Equal(EnqueueResult.AlreadyKnown, _board.Enqueue(Request("a", attempt: 1), Start + 5 * Second));
        Assert.False(_board.Withdraw(Ticket("a", attempt: 1)));
        _board.Update(Silo("gpu-1"), Start);

        var grant = Assert.Single(_board.Grant(Start + 6 * Second));
        Assert.Equal((Ticket("a", attempt: 2), 6 * Second), (grant.Request.Ticket, grant.Waited));
        Assert.Equal(EnqueueResult.AlreadyKnown, _board.Enqueue(Request("a", attempt: 1), Start + 7 * Second));
    }

    [Fact]
    public void A_newer_attempt_waits_while_the_slot_of_the_older_one_is_still_taken()
    {
        _board.Update(Silo("gpu-1"), Start);
        _board.Enqueue(Request("a"), Start);
        _board.Grant(Start);
        Assert.Equal(EnqueueResult.Queued, _board.Enqueue(Request("a", attempt: 2), Start));
        Assert.Empty(_board.Grant(Start));
        Assert.Null(_board.Release(Ticket("a", attempt: 2)));
        Assert.NotNull(_board.Release(Ticket("a", attempt: 1)));
        Assert.Equal(2, Assert.Single(_board.Grant(Start)).Request.Ticket.Attempt);
    }

    [Fact]
    public void A_withdrawn_request_is_not_granted()
    {
        _board.Enqueue(Request("a"), Start);
        Assert.True(_board.Withdraw(Ticket("a")));
        Assert.False(_board.Withdraw(Ticket("a")));
        _board.Update(Silo("gpu-1"), Start);
        Assert.Empty(_board.Grant(Start));
    }

    [Fact]
    public void A_full_queue_refuses_what_is_new_only()
    {
        var board = Board(new SchedulingRules { QueueLimit = 1 });
        Assert.Equal(EnqueueResult.Queued, board.Enqueue(Request("a"), Start));
        Assert.Equal(EnqueueResult.Full, board.Enqueue(Request("b"), Start));
        Assert.Equal(EnqueueResult.AlreadyKnown, board.Enqueue(Request("a", attempt: 2), Start));
    }

    [Theory]
    [InlineData(SlotNeed.Gpu, SiloRoles.Gpu, true)]
    [InlineData(SlotNeed.Gpu, SiloRoles.Cpu, false)]
    [InlineData(SlotNeed.Gpu, SiloRoles.Cpu | SiloRoles.Gpu, true)]
    [InlineData(SlotNeed.Cpu, SiloRoles.Gpu, false)]
    [InlineData(SlotNeed.Cpu, SiloRoles.Cpu, true)]
    [InlineData(SlotNeed.Cpu, SiloRoles.Cpu | SiloRoles.Gpu, true)]
    [InlineData(SlotNeed.PreferGpu, SiloRoles.Gpu, true)]
    [InlineData(SlotNeed.PreferGpu, SiloRoles.Cpu, true)]
    [InlineData(SlotNeed.PreferGpu, SiloRoles.None, false)]
    public void A_stage_runs_only_where_the_role_is(SlotNeed need, SiloRoles roles, bool granted)
    {
        _board.Update(Silo("silo", roles), Start);
        _board.Enqueue(Request("a", need), Start);
        Assert.Equal(granted ? 1 : 0, _board.Grant(Start).Count);
    }

    [Fact]
    public void Who_prefers_a_gpu_takes_it_unless_others_need_it_and_a_processor_is_free()
    {
        _board.Update(Silo("gpu"), Start);
        _board.Update(Silo("cpu", SiloRoles.Cpu), Start);
        _board.Enqueue(Request("one", SlotNeed.PreferGpu), Start);
        Assert.Equal(["one@gpu"], _board.Grant(Start).Said());
        _board.Release(Ticket("one", SlotNeed.PreferGpu));

        _board.Enqueue(Request("two", SlotNeed.PreferGpu), Start);
        _board.Enqueue(Request("three", SlotNeed.Gpu), Start + Second);
        Assert.Equal(["three@gpu", "two@cpu"], _board.Grant(Start + Second).Said());
        _board.Release(Ticket("three", SlotNeed.Gpu));

        _board.Enqueue(Request("four", SlotNeed.Gpu), Start + 2 * Second);
        _board.Enqueue(Request("five", SlotNeed.PreferGpu), Start + Second);
        Assert.Equal(["five@gpu"], _board.Grant(Start + 2 * Second).Said());
    }

    [Fact]
    public void Slots_that_anybody_could_use_are_kept_for_last()
    {
        _board.Update(Silo("a-both", SiloRoles.Gpu | SiloRoles.Cpu), Start);
        _board.Update(Silo("b-gpu"), Start);
        _board.Update(Silo("c-cpu", SiloRoles.Cpu), Start);
        foreach (var (job, need) in new[] { ("1", SlotNeed.Gpu), ("2", SlotNeed.Cpu), ("3", SlotNeed.Cpu), ("4", SlotNeed.Gpu) })
            _board.Enqueue(Request(job, need), Start);
        Assert.Equal(["1@b-gpu", "2@c-cpu", "3@a-both"], _board.Grant(Start).Said());
    }

    [Fact]
    public void A_draining_silo_gets_no_more_work_and_keeps_what_it_has()
    {
        _board.Update(Silo("gpu", slots: 2), Start);
        _board.Enqueue(Request("a"), Start);
        _board.Grant(Start);
        _board.Enqueue(Request("b"), Start);
        Assert.Empty(_board.Update(Silo("gpu", slots: 2, draining: true).Runs(Ticket("a")), Start));
        Assert.Empty(_board.Grant(Start));
        Assert.Equal([Ticket("a")], _board.RemoveSilo("gpu"));
        Assert.Empty(_board.RemoveSilo("gpu"));
    }

    [Fact]
    public void A_restarted_silo_has_lost_what_it_held()
    {
        _board.Update(Silo("gpu", slots: 2), Start);
        _board.Enqueue(Request("a"), Start);
        _board.Enqueue(Request("b"), Start);
        _board.Grant(Start);
        Assert.Equal([Ticket("a"), Ticket("b")], _board.Update(Silo("gpu", slots: 2, address: "2"), Start + Second));
        Assert.Equal(0, _board.Leases);

        _board.Enqueue(Request("a", attempt: 2), Start);
        Assert.Equal("gpu@2", Assert.Single(_board.Grant(Start + Second)).Address);
        Assert.Empty(_board.Update(Silo("gpu", slots: 2, address: "1"), Start + 2 * Second));
        Assert.Equal(1, _board.Leases);
    }

    [Fact]
    public void A_silent_silo_is_removed_with_its_leases()
    {
        _board.Update(Silo("gpu"), Start);
        _board.Enqueue(Request("a"), Start);
        _board.Grant(Start);
        Assert.Empty(_board.Expire(Start + Silence, Silence));
        Assert.Equal([Ticket("a")], _board.Expire(Start + Silence + Second, Silence));
        Assert.Empty(_board.Silos);
    }

    [Fact]
    public void A_lease_that_its_silo_does_not_report_is_lost()
    {
        _board.Update(Silo("gpu", slots: 2), Start);
        _board.Enqueue(Request("reported"), Start);
        _board.Enqueue(Request("vanished"), Start);
        _board.Grant(Start);
        _board.Update(Silo("gpu", slots: 2).Runs(Ticket("reported"), Ticket("vanished")), Start + 10 * Second);
        _board.Update(Silo("gpu", slots: 2).Runs(Ticket("reported")), Start + 20 * Second);
        Assert.Empty(_board.Expire(Start + 25 * Second, Silence));
        Assert.Equal([Ticket("vanished")], _board.Expire(Start + 26 * Second, Silence));
        Assert.True(_board.IsLeased(Ticket("reported")));
    }

    [Fact]
    public void What_a_silo_runs_takes_a_slot_even_if_nobody_here_granted_it()
    {
        _board.Update(Silo("gpu").Runs(Ticket("old")), Start);
        _board.Enqueue(Request("new"), Start);
        Assert.Empty(_board.Grant(Start));
        Assert.Equal(EnqueueResult.AlreadyKnown, _board.Enqueue(Request("old"), Start));
        Assert.True(_board.IsLeased(Ticket("old")));
        _board.Release(Ticket("old"));
        Assert.Equal(["new@gpu"], _board.Grant(Start).Said());
    }

    [Fact]
    public void An_adopted_lease_counts_before_and_after_its_silo_reports()
    {
        Assert.True(_board.Adopt(Request("old"), "gpu", Start));
        Assert.False(_board.Adopt(Request("old"), "gpu", Start));
        _board.Enqueue(Request("new"), Start);
        _board.Update(Silo("gpu").Runs(Ticket("old")), Start + Second);
        Assert.Empty(_board.Grant(Start + Second));
        Assert.Equal(1, Assert.Single(_board.Silos).Busy);
        Assert.NotNull(_board.Release(Ticket("old")));
        Assert.Equal(["new@gpu"], _board.Grant(Start + Second).Said());
    }

    [Fact]
    public void An_adopted_lease_of_a_silo_that_never_reports_is_lost()
    {
        _board.Adopt(Request("old"), "gone", Start);
        Assert.Equal([Ticket("old")], _board.Expire(Start + Silence + Second, Silence));
    }

    [Fact]
    public void A_stage_that_came_up_on_another_silo_takes_its_slot_there()
    {
        _board.Update(Silo("a"), Start);
        _board.Enqueue(Request("moved"), Start);
        _board.Grant(Start);
        _board.Update(Silo("b").Runs(Ticket("moved")), Start);
        _board.Enqueue(Request("next"), Start);
        Assert.Equal(["next@a"], _board.Grant(Start).Said());
        Assert.Equal("b", _board.Release(Ticket("moved"))!.Silo);
    }

    [Fact]
    public void Rules_out_of_range_are_all_named()
    {
        var rules = new SchedulingRules
        {
            QueueLimit = 0,
            PriorityStep = -Second,
            AffinityWindow = TimeSpan.FromDays(2),
            AffinityCandidates = 0,
            DefaultTenant = new TenantRule(MaxRunning: 0),
            Tenants = new Dictionary<string, TenantRule> { ["a"] = new(Weight: double.NaN) },
        };
        var error = Assert.Throws<ArgumentException>(() => Board(rules)).Message;
        string[] named = ["QueueLimit is 0", "PriorityStep", "AffinityWindow", "AffinityCandidates is 0", "'(default)' may run 0", "weight of tenant 'a' is NaN"];
        foreach (var part in named)
            Assert.Contains(part, error, StringComparison.Ordinal);
    }
}
