using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>Places of waiting stages, against counting them one by one.</summary>
public sealed class QueuePlacesTests
{
    private readonly TenantQueue _queue = new("a", new TenantRule());
    private readonly Random _random = new(1);
    private int _count;

    [Theory]
    [InlineData(60)]
    [InlineData(300)]
    public void Places_count_all_rivals_that_rank_ahead(int stages)
    {
        var waiting = Enumerable.Range(0, stages).Select(_ => Add()).ToList();
        foreach (var stage in waiting)
            Assert.Equal(Expected(stage), _queue.PlaceOf(stage, Start));
    }

    [Fact]
    public void In_a_short_queue_a_place_is_exact_at_once()
    {
        var waiting = Enumerable.Range(0, 50).Select(_ => Add()).ToList();
        while (waiting.Count > 1)
        {
            Assert.Equal(Expected(waiting[^1]), _queue.PlaceOf(waiting[^1], Start));
            _queue.Remove(waiting[0]);
            waiting.RemoveAt(0);
        }
    }

    [Fact]
    public void In_a_long_queue_a_place_is_at_most_a_second_old()
    {
        var waiting = Enumerable.Range(0, 300).Select(_ => Add()).OrderBy(stage => stage, WaitingStage.ByRank).ToList();
        var last = waiting[^1];
        var before = _queue.PlaceOf(last, Start);
        waiting.Take(100).ToList().ForEach(_queue.Remove);

        Assert.Equal(before, _queue.PlaceOf(last, Start.AddSeconds(0.9)));
        Assert.Equal(Expected(last), _queue.PlaceOf(last, Start.AddSeconds(1)));
        Assert.NotEqual(before, Expected(last));
    }

    [Fact]
    public void A_stage_that_just_came_into_a_long_queue_has_its_place()
    {
        var waiting = Enumerable.Range(0, 300).Select(_ => Add()).ToList();
        _ = _queue.PlaceOf(waiting[0], Start);
        var added = Add();

        Assert.Equal(Expected(added), _queue.PlaceOf(added, Start));
    }

    /// <summary>Whole seconds, so that sums do not depend on their order.</summary>
    private WaitingStage Add()
    {
        var need = SlotNeeds.All[_random.Next(3)];
        var stage = new WaitingStage(Request($"job-{_count++}", need), _queue, Start.AddSeconds(-_random.Next(1000)), _random.Next(1, 100), TimeSpan.FromMinutes(10));
        _queue.Add(stage);
        return stage;
    }

    private QueuePlace Expected(WaitingStage stage)
    {
        var ahead = SlotNeeds.RivalsOf(stage.Request.Need).SelectMany(need => _queue[need]).Where(other => WaitingStage.ByRank.Compare(other, stage) < 0).ToList();
        return new QueuePlace(ahead.Count, ahead.Sum(other => other.Expected));
    }
}
