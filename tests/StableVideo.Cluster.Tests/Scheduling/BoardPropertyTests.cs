using CsCheck;
using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>What holds whatever happens, in which order ever.</summary>
public sealed class BoardPropertyTests
{
    [Fact]
    public void The_board_does_what_the_plain_reference_does() => BoardStep.Scripts.Sample(script => Play(script, (_, _, _) => { }), iter: 1500);

    [Fact]
    public void The_same_operations_give_the_same_grants() =>
        BoardStep.Scripts.Sample(script => Assert.Equal(Play(script, (_, _, _) => { }), Play(script, (_, _, _) => { })), iter: 200);

    [Fact]
    public void A_grant_goes_to_a_waiting_stage_once_and_to_a_slot_that_is_there() => BoardStep.Scripts.Sample(script =>
    {
        var granted = new HashSet<StageTicket>();
        Play(script, (truth, before, grants) =>
        {
            foreach (var grant in grants)
            {
                var silo = truth.Silos.Single(silo => silo.Name == grant.Silo);
                Assert.Contains(grant.Request.Ticket, before);
                Assert.True(ReferenceBoard.CanRun(silo.Roles, grant.Request.Need));
                Assert.False(silo.Draining);
                Assert.True(truth.Busy(silo) <= silo.Slots);
                Assert.True(truth.Headroom(grant.Request.Tenant) >= 0);
            }

            Assert.Equal(grants.Count, grants.Select(grant => grant.Request.Ticket).Distinct().Count());
        });
    }, iter: 500);

    [Fact]
    public void No_slot_stays_free_for_which_a_stage_waits() => BoardStep.Scripts.Sample(script => Play(script, (truth, _, _) =>
    {
        var idle = truth.Silos.Where(silo => truth.Free(silo) > 0).ToList();
        Assert.DoesNotContain(truth.Waiting, stage =>
            truth.Headroom(stage.Request.Tenant) > 0 && idle.Exists(silo => ReferenceBoard.CanRun(silo.Roles, stage.Request.Need)));
    }), iter: 500);

    [Fact]
    public void Going_away_returns_exactly_the_leases() => BoardStep.Scripts.Sample(script => Play(script, (_, _, _) => { }, (board, truth) =>
    {
        foreach (var silo in truth.Silos.ToList())
        {
            var held = truth.Leases.Where(lease => lease.Silo == silo).Select(lease => lease.Request.Ticket).ToHashSet();
            Assert.Equal(held, board.RemoveSilo(silo.Name).ToHashSet());
        }

        Assert.Equal(0, board.Leases);
        Assert.Empty(board.Silos);
        Assert.All(board.Snapshot(Start).Tenants, tenant => Assert.Equal(0, tenant.Running));
    }), iter: 200);

    /// <summary>Plays a script on a board and its reference at once; returns all that the board said.</summary>
    private static List<string> Play(
        List<BoardStep> script, Action<ReferenceBoard, HashSet<StageTicket>, IReadOnlyList<SlotGrant>> check, Action<SlotBoard, ReferenceBoard>? atEnd = null)
    {
        var board = Board(BoardStep.Rules);
        var truth = new ReferenceBoard(BoardStep.Rules, OneSecondPerUnit);
        var said = new List<string>();
        var now = Start;
        foreach (var step in script)
        {
            now += TimeSpan.FromSeconds(step.Seconds);
            said.Add(step.Play(board, truth, now));
            var before = truth.Waiting.Select(stage => stage.Request.Ticket).ToHashSet();
            var grants = board.Grant(now);
            Assert.Equal(truth.Grant(now), grants.Select(grant => (grant.Request.Ticket, grant.Silo)));
            Assert.Equal((truth.Waiting.Count, truth.Leases.Count), (board.Waiting, board.Leases));
            check(truth, before, grants);
            said.AddRange(grants.Select(grant => grant.ToString()));
        }

        atEnd?.Invoke(board, truth);
        return said;
    }
}
