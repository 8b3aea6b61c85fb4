using System.Text.Json;
using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

public sealed class StageTimesTests
{
    private readonly StageTimes _times = new();

    [Fact]
    public void Before_anything_is_known_the_prior_is_of_the_right_order()
    {
        Assert.Equal(2 * 26.5, _times.Expect(Request("a", SlotNeed.PreferGpu, work: 26.5)), 1e-9);
        Assert.Equal(2 * _times.Expect(Request("a", work: 10)), _times.Expect(Request("a", work: 20)), 1e-9);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(3)]
    [InlineData(40)]
    public void It_converges_to_the_mean(double rate)
    {
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var work = 1 + random.Next(50);
            _times.Learn(Request("a", work: work), work * rate * LogNormal(random, 0.4));
        }

        Assert.InRange(_times.Expect(Request("a", work: 10)) / (10 * rate), 0.8, 1.25);
    }

    [Fact]
    public void It_follows_when_stages_become_slower()
    {
        Learn(100, 10);
        Learn(60, 100);
        Assert.InRange(_times.Expect(Request("a", work: 1)), 90, 101);
    }

    [Fact]
    public void One_outlier_moves_it_little()
    {
        Learn(100, 10);
        var before = _times.Expect(Request("a"));
        Learn(1, 1e6);
        Assert.InRange(_times.Expect(Request("a")) / before, 1, 1.16);
        Learn(1, 1e-9);
        Assert.InRange(_times.Expect(Request("a")) / before, 0.95, 1.16);
    }

    [Fact]
    public void Models_differ_and_a_new_one_starts_from_the_others()
    {
        Learn(50, 10, "slow");
        Learn(50, 1, "fast");
        Assert.Equal(10, _times.Expect(Request("a", model: "slow", work: 1)), 0.5);
        Assert.Equal(1, _times.Expect(Request("a", model: "fast", work: 1)), 0.2);
        Assert.InRange(_times.Expect(Request("a", model: "new", work: 1)), 1, 10);
        Assert.Equal(2, _times.Expect(Request("a", SlotNeed.PreferGpu, work: 1)), 1e-9);
    }

    [Fact]
    public void What_was_learned_is_kept()
    {
        Learn(20, 10, "slow");
        Learn(20, 1);
        var json = JsonSerializer.Serialize(_times.ToState(), JsonSerializerOptions.Web);
        var kept = StageTimes.From(JsonSerializer.Deserialize<StageTimesState>(json, JsonSerializerOptions.Web));
        Learn(1, 3, "slow");
        kept.Learn(Request("a", model: "slow", work: 1), 3);
        Assert.Equal(_times.ToState().Rates, kept.ToState().Rates);
        Assert.Equal(2, kept.ToState().Rates.Count);
    }

    [Fact]
    public void What_makes_no_sense_is_left_out()
    {
        var state = new StageTimesState
        {
            Rates = [.. new[] { double.NaN, double.PositiveInfinity, 0, -1 }.Select(seconds =>
                new StageRate { Stage = JobStage.Compose, Seconds = seconds, Samples = 5 })],
        };
        Assert.Empty(StageTimes.From(state).ToState().Rates);
        Assert.Empty(StageTimes.From(null).ToState().Rates);
        foreach (var seconds in new[] { double.NaN, double.PositiveInfinity, 0, -1 })
            _times.Learn(Request("a"), seconds);
        Assert.Empty(_times.ToState().Rates);
        foreach (var work in new[] { double.NaN, double.PositiveInfinity, 0, -1, double.MaxValue, double.Epsilon })
            Assert.InRange(_times.Expect(Request("a", work: work)), StageTimes.Least, StageTimes.Most);
    }

    private static double LogNormal(Random random, double sigma)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Exp(sigma * normal - sigma * sigma / 2);
    }

    private void Learn(int times, double seconds, string? model = null)
    {
        for (var i = 0; i < times; i++)
            _times.Learn(Request("a", model: model, work: 1), seconds);
    }
}
