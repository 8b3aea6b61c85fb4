using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>Stages go where their model is loaded.</summary>
public sealed class AffinityTests
{
    private static readonly SchedulingRules Rules = new() { AffinityWindow = TimeSpan.FromSeconds(30) };
    private readonly SlotBoard _board = Board(Rules);

    [Fact]
    public void A_free_silo_that_has_the_model_is_taken_first()
    {
        _board.Update(Silo("a", slots: 3).Warm("x"), Start);
        _board.Update(Silo("b").Warm("y"), Start);
        _board.Update(Silo("c"), Start);
        _board.Enqueue(Request("job", model: "y"), Start);
        Assert.Equal(["job@b"], _board.Grant(Start).Said());
    }

    [Fact]
    public void Without_one_the_silo_is_taken_whose_models_fewest_wait_for()
    {
        _board.Enqueue(Request("1", model: "new"), Start);
        foreach (var (job, model) in new[] { ("2", "x"), ("3", "x"), ("4", "y") })
            _board.Enqueue(Request(job, model: model), Start.AddSeconds(100));
        _board.Update(Silo("a").Warm("x"), Start);
        _board.Update(Silo("b").Warm("y"), Start);
        _board.Update(Silo("c").Warm("x", "y"), Start);
        Assert.Equal(["1@b", "2@a", "3@c"], _board.Grant(Start.AddSeconds(200)).Said());
    }

    [Fact]
    public void A_much_wanted_model_is_loaded_on_more_silos()
    {
        for (var i = 0; i < 4; i++)
            _board.Enqueue(Request($"{i}", model: "x"), Start);
        _board.Update(Silo("a").Warm("x"), Start);
        _board.Update(Silo("b").Warm("y"), Start);
        _board.Update(Silo("c"), Start);
        Assert.Equal(["0@a", "1@b", "2@c"], _board.Grant(Start).Said());
    }

    [Fact]
    public void A_stage_not_far_behind_goes_first_if_its_model_is_loaded()
    {
        _board.Enqueue(Request("best", model: "cold"), Start);
        _board.Enqueue(Request("near", model: "warm"), Start.AddSeconds(30));
        _board.Enqueue(Request("far", model: "warm"), Start.AddSeconds(31));
        _board.Update(Silo("gpu").Warm("warm"), Start);
        Assert.Equal(["near@gpu"], _board.Grant(Start.AddSeconds(60)).Said());
        _board.Release(Ticket("near"));
        Assert.Equal(["best@gpu"], _board.Grant(Start.AddSeconds(60)).Said());
    }

    [Fact]
    public void A_model_that_is_being_loaded_counts_as_loaded()
    {
        _board.Update(Silo("a", slots: 2), Start);
        _board.Update(Silo("b", slots: 2), Start);
        _board.Enqueue(Request("1", model: "x"), Start);
        Assert.Equal(["1@a"], _board.Grant(Start).Said());
        _board.Enqueue(Request("2", model: "x"), Start);
        Assert.Equal(["2@a"], _board.Grant(Start).Said());
    }

    [Fact]
    public void Without_affinity_models_do_not_count()
    {
        var board = Board(Rules with { ModelAffinity = false });
        board.Update(Silo("a").Warm("x"), Start);
        board.Update(Silo("b").Warm("y"), Start);
        board.Enqueue(Request("1", model: "y"), Start);
        board.Enqueue(Request("2", model: "x"), Start.AddSeconds(1));
        Assert.Equal(["1@a", "2@b"], board.Grant(Start.AddSeconds(1)).Said());
    }
}
