using StableVideo.Simulation;

namespace StableVideo.Tests.Cluster;

/// <summary>The simulation behind the figures in docs/benchmarks.md, at a small scale.</summary>
public sealed class SimulationTests
{
    private static readonly SimulationOptions Options = new(Silos: 50, Jobs: 3000, Seed: 11);

    [Fact]
    public void With_a_backlog_of_all_tenants_each_gets_its_part_of_the_slots()
    {
        var outcome = Simulate(Workload.Backlog(Options), new BoardPool(BoardPool.Rules(Options)));
        Assert.All(outcome.Jobs, job => Assert.True(job.IsComplete));
        Assert.True(outcome.SilosDied > 5 && outcome.StagesLost > 5, $"{outcome.SilosDied} silos died, {outcome.StagesLost} stages were lost.");
        var weights = SimulatedTenant.All.Sum(tenant => tenant.Weight);
        Assert.All(SimulatedTenant.All, tenant => Assert.Equal(tenant.Weight / weights, outcome.Share(tenant.Name, gpu: true), 0.03));
        Assert.All(SimulatedTenant.All, tenant => Assert.Equal(tenant.Weight / weights, outcome.Share(tenant.Name, gpu: false), 0.05));
    }

    [Fact]
    public void Bursts_of_others_are_felt_less_than_with_first_come_first_served_and_models_are_loaded_less()
    {
        var fair = Simulate(Workload.Bursts(Options), new BoardPool(BoardPool.Rules(Options)));
        var blind = Simulate(Workload.Bursts(Options), new BoardPool(BoardPool.Rules(Options) with { ModelAffinity = false }));
        var fifo = Simulate(Workload.Bursts(Options), new FifoPool());
        Assert.All(new[] { fair, blind, fifo }, outcome => Assert.All(outcome.Jobs, job => Assert.True(job.IsComplete)));
        foreach (var steady in new[] { "studio", "guest" })
            Assert.InRange(MeanWait(fair, steady), 0, MeanWait(fifo, steady) / 4);
        Assert.InRange(fair.ModelLoads, 1, 0.9 * blind.ModelLoads);
        Assert.InRange(MeanTime(fair), 1, 0.8 * MeanTime(fifo));
    }

    [Fact]
    public void The_same_seed_gives_the_same_outcome()
    {
        var runs = Enumerable.Range(0, 2).Select(_ => Simulate(Workload.Bursts(Options with { Jobs = 1000 }), new BoardPool(BoardPool.Rules(Options)))).ToList();
        Assert.Equal(runs[0].Jobs.Select(job => job.CompletedAt), runs[1].Jobs.Select(job => job.CompletedAt));
        Assert.Equal((runs[0].ModelLoads, runs[0].StagesLost), (runs[1].ModelLoads, runs[1].StagesLost));
    }

    [Theory]
    [InlineData("--silos", "5", "--silos is 5 but must be 10..100000.")]
    [InlineData("--jobs", "many", "--jobs needs a whole number behind it.")]
    [InlineData("--speed", "1", "--speed is no option.")]
    public void Options_that_make_no_sense_are_refused(string option, string value, string error) =>
        Assert.StartsWith(error, Assert.Throws<ArgumentException>(() => SimulationOptions.Parse([option, value])).Message, StringComparison.Ordinal);

    private static SimulationOutcome Simulate(List<SimulatedJob> jobs, ISlotPool pool) => new ClusterSimulation(Options, jobs, pool).Run();

    private static double MeanTime(SimulationOutcome outcome) => outcome.Jobs.Average(job => job.CompletedAt - job.SubmittedAt);

    private static double MeanWait(SimulationOutcome outcome, string tenant) => outcome.Jobs.Where(job => job.Tenant == tenant).Average(job => job.Waited);
}
