using CsCheck;
using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>Whoever waits gets its turn.</summary>
public sealed class StarvationTests
{
    private static readonly SchedulingRules Rules = new() { PriorityStep = TimeSpan.FromSeconds(60) };

    /// <summary>
    /// One slot, and twice as much work as it can do keeps coming with the highest priority. Only what came until a fixed moment ranks ahead, so the
    /// stage waits no longer than the slot needs for all of that.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(-10)]
    public void A_stage_is_granted_in_bounded_time_although_higher_priorities_keep_arriving(int priority)
    {
        var cluster = new SmallCluster(Rules);
        cluster.Board.Update(Silo("gpu"), Start);
        cluster.Add(Request("first", work: 10));
        cluster.Grant();
        cluster.Add(Request("low", priority: priority, work: 10));
        var number = 0;
        for (var second = 0; second < 4000; second += 10)
        {
            cluster.Add(Request($"high-{number++:D5}", priority: 10, work: 10));
            cluster.Add(Request($"high-{number++:D5}", priority: 10, work: 10));
            cluster.RunUntil(second + 10);
        }

        var lastAhead = (10 - priority) * 60;
        Assert.InRange(cluster.GrantedAt("low"), lastAhead, 2 * (lastAhead + 10) + 20);
    }

    [Fact]
    public void Nobody_is_overtaken_by_what_came_later_than_its_priority_allows() =>
        Gen.Select(Gen.Int[-10, 10], Gen.Int[1, 100], Gen.Int[0, 30]).List[1, 60].Sample(stages =>
        {
            var cluster = new SmallCluster(Rules with { ModelAffinity = false });
            cluster.Board.Update(Silo("gpu"), Start);
            var cameAt = new Dictionary<string, (double At, int Grants)>();
            foreach (var (priority, work, pause) in stages)
            {
                cluster.RunUntil(cluster.Now + pause);
                var job = $"j{cameAt.Count:D3}";
                cameAt[job] = (cluster.Now, cluster.Granted.Count);
                cluster.Add(Request(job, priority: priority, work: work));
            }

            cluster.RunUntil(1e6);
            Assert.Equal(stages.Count, cluster.Granted.Count);
            var granted = cluster.Granted.ConvertAll(entry => entry.Grant.Request);
            for (var i = 0; i < granted.Count; i++)
            {
                foreach (var overtaken in granted.Skip(i + 1))
                {
                    var ahead = (granted[i].Priority - overtaken.Priority) * 60 + overtaken.Work - granted[i].Work;
                    var (at, grants) = cameAt[overtaken.Ticket.JobId];
                    Assert.False(grants <= i && cameAt[granted[i].Ticket.JobId].At > at + ahead + 1e-3);
                }
            }
        }, iter: 200);

    [Fact]
    public void Stages_of_a_job_under_way_go_before_jobs_submitted_later()
    {
        var board = Board();
        board.Enqueue(Request("later") with { SubmittedAt = Start.AddSeconds(60) }, Start.AddSeconds(60));
        board.Enqueue(Request("earlier") with { SubmittedAt = Start }, Start.AddSeconds(90));
        board.Enqueue(Request("from-the-future") with { SubmittedAt = Start.AddDays(-1).AddYears(5) }, Start.AddSeconds(30));
        board.Update(Silo("gpu", slots: 3), Start);
        Assert.Equal(["earlier@gpu", "from-the-future@gpu", "later@gpu"], board.Grant(Start.AddSeconds(100)).Said());
    }

    [Fact]
    public void Work_that_needs_a_gpu_and_work_that_does_not_share_silos_with_both_roles()
    {
        var cluster = new SmallCluster(Rules);
        cluster.Board.Update(Silo("both", SiloRoles.Gpu | SiloRoles.Cpu), Start);
        for (var i = 0; i < 100; i++)
            cluster.Add(Request($"gpu-{i:D3}", tenant: "flood"));
        cluster.Grant();
        cluster.Add(Request("compose", SlotNeed.Cpu, "other"));
        cluster.Add(Request("own", SlotNeed.Cpu, "flood"));
        cluster.RunUntil(5000);
        Assert.InRange(cluster.GrantedAt("compose"), 10, 20);
        Assert.InRange(cluster.GrantedAt("own"), 900, 1030);
    }
}
