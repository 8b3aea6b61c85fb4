using System.Globalization;

namespace StableVideo.Tests.Deploy.Autoscaling;

/// <summary>The chart's rules of scaling on a day of a studio: nothing at night, single edits, a delivery that comes all at once, a steady afternoon.</summary>
public sealed class AutoscalingTests
{
    /// <summary>Seconds until a new GPU silo takes work: its image is on the node, its model is read.</summary>
    private const int Startup = 90;

    [Fact]
    public void The_rules_neither_flap_nor_starve_nor_waste()
    {
        var rules = ScalingRules.Of(ChartTests.Render("silos.gpu.autoscaling.maxReplicas=8"), "sv-silo-gpu");
        var chart = new ScalingSimulation(rules, Startup).Run(Day());
        var warm = new ScalingSimulation(rules with { MinReplicas = 1 }, Startup).Run(Day());
        var hasty = new ScalingSimulation(rules with { DownStabilization = 0, Cooldown = 30, DownPods = 100 }, Startup).Run(Day());
        var fixedSize = new ScalingSimulation(rules with { MinReplicas = 8, MaxReplicas = 8 }, Startup).Run(Day());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', Row("as the chart is", chart), Row("one silo stays warm", warm), Row("no patience", hasty), Row("eight silos always", fixedSize)));

        Assert.All([chart, warm, hasty, fixedSize], result => Assert.Equal(Day().Count, result.Stages));
        Assert.Equal(0, chart.ShortLived);
        Assert.True(chart.Changes < 80, $"{chart.Changes} changes");
        Assert.True(chart.SiloHours < fixedSize.SiloHours / 2, "It costs too much.");
        Assert.True(hasty.ShortLived > 10, "Without patience it would flap: otherwise this load shows nothing.");
        Assert.True(chart.Interrupted < hasty.Interrupted / 2);
        Assert.True(warm.MeanWait < chart.MeanWait);
        // The delivery takes eight silos forty minutes, however many there are before it.
        Assert.InRange(chart.MeanWait, fixedSize.MeanWait, 1.2 * fixedSize.MeanWait);
    }

    [Fact]
    public void Nothing_to_do_ends_in_no_silo_after_the_cooldown()
    {
        var rules = ScalingRules.Of(ChartTests.Render(""), "sv-silo-gpu");
        var autoscaler = new Autoscaler(rules);
        Assert.Equal(0, autoscaler.Decide(0, 0, 0));
        Assert.Equal(1, autoscaler.Decide(15, 1, 0));
        var replicas = 1;
        for (var now = 30; now <= 15 + rules.Cooldown + rules.Polling; now += rules.Polling)
            Assert.Equal(now - 15 >= rules.Cooldown ? 0 : 1, replicas = autoscaler.Decide(now, 0, Math.Max(1, replicas)));
    }

    [Fact]
    public void A_difference_within_a_tenth_changes_nothing()
    {
        var autoscaler = new Autoscaler(new ScalingRules { MaxReplicas = 100, Polling = 15, Target = 10, UpPods = 100, UpPercent = 100, UpPeriod = 30, DownPods = 1, DownPeriod = 60 });
        Assert.Equal(10, autoscaler.Decide(0, 109, 10));
        Assert.Equal(12, autoscaler.Decide(15, 112, 10));
    }

    /// <summary>Ten hours, the same every time.</summary>
    private static List<(int At, int Seconds)> Day()
    {
        var random = new Random(7);
        var load = new List<(int At, int Seconds)>();
        void Edit(int at, int seconds)
        {
            load.Add((at, seconds));
            load.Add((at + 1, seconds * 2));
        }

        for (var i = 0; i < 6; i++)
            Edit(3600 + (i * 1500) + random.Next(600), 60 + random.Next(120));
        for (var i = 0; i < 40; i++)
            Edit(14_400 + random.Next(120), 90 + random.Next(240));
        for (var at = 21_600; at < 32_400; at += 90 + random.Next(420))
            Edit(at, 40 + random.Next(200));
        return [.. load.OrderBy(stage => stage.At)];
    }

    private static string Row(string name, ScalingSimulation.Result result) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {name} | {result.MeanWait:0} s | {result.Wait95:0} s | {result.SiloHours:0.0} | {result.Busy:0 %} | {result.Changes} | {result.ShortLived} | {result.Interrupted} |");
}
