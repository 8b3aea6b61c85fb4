using System.Globalization;
using System.Text;
using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>The simulations of one call, as Markdown.</summary>
internal static class SimulationReport
{
    public static string Write(SimulationOptions options)
    {
        var backlog = Simulate(options, Workload.Backlog(options), new BoardPool(BoardPool.Rules(options)));
        var blindBacklog = Simulate(options, Workload.Backlog(options), new BoardPool(BoardPool.Rules(options) with { ModelAffinity = false }));
        var fair = Simulate(options, Workload.Bursts(options), new BoardPool(BoardPool.Rules(options)));
        var blind = Simulate(options, Workload.Bursts(options), new BoardPool(BoardPool.Rules(options) with { ModelAffinity = false }));
        var fifo = Simulate(options, Workload.Bursts(options), new FifoPool());

        var text = new StringBuilder();
        Line(text, $"{options.Silos:N0} silos (60 % GPU, 40 % CPU, one slot each), {options.Jobs:N0} jobs of five stages with slots, seed {options.Seed}.");
        Line(text, $"");
        Line(text, $"All jobs at once, as many of every tenant: part of the busy slots while stages of all tenants waited.");
        Line(text, $"");
        Shares(text, backlog);
        Line(text, $"");
        Line(text, $"| | scheduler | without model affinity |");
        Line(text, $"| --- | --- | --- |");
        Figures(text, "models loaded", outcome => $"{outcome.ModelLoads:N0}", backlog, blindBacklog);
        Figures(text, "last job complete after", outcome => Hours(outcome.Length), backlog, blindBacklog);
        Figures(text, "most stages waiting", outcome => $"{outcome.MostWaiting:N0}", backlog, blindBacklog);
        Figures(text, "processor time of the simulation", outcome => $"{outcome.ProcessorTime.TotalSeconds:0.0} s", backlog, blindBacklog);
        Line(text, $"");
        Line(text, $"Jobs over {Hours(fair.Jobs.Max(job => job.SubmittedAt))} in bursts: how long all stages of a job together waited for slots, p50 / p95 / p99 in minutes.");
        Line(text, $"");
        Line(text, $"| jobs | scheduler | first come, first served |");
        Line(text, $"| --- | --- | --- |");
        foreach (var tenant in SimulatedTenant.All)
        {
            var jobs = tenant.BurstSize == 1 ? "one by one" : $"in bursts of {Math.Max(1, tenant.BurstSize * options.Silos / 1000)}";
            Row(text, $"{tenant.Name} (weight {tenant.Weight}, {tenant.Part:P0} of the jobs, {jobs})", job => job.Tenant == tenant.Name, fair, fifo);
        }

        foreach (var priority in fair.Jobs.Select(job => job.Priority).Distinct().OrderDescending())
            Row(text, $"priority {priority}", job => job.Priority == priority, fair, fifo);
        foreach (var tenant in SimulatedTenant.All)
        {
            foreach (var priority in fair.Jobs.Select(job => job.Priority).Distinct().OrderDescending())
                Row(text, $"{tenant.Name}, priority {priority}", job => job.Tenant == tenant.Name && job.Priority == priority, fair, fifo);
        }

        Line(text, $"");
        Line(text, $"| | scheduler | without model affinity | first come, first served |");
        Line(text, $"| --- | --- | --- | --- |");
        Figures(text, "slots busy until the last job came", outcome => $"{outcome.Utilisation:P1}", fair, blind, fifo);
        Figures(text, "last job complete after", outcome => Hours(outcome.Length), fair, blind, fifo);
        Figures(text, "mean time from submission to completion", MeanTime, fair, blind, fifo);
        Figures(text, "models loaded", outcome => $"{outcome.ModelLoads:N0}", fair, blind, fifo);
        Figures(text, "silos died / stages lost and computed anew", outcome => $"{outcome.SilosDied:N0} / {outcome.StagesLost:N0}", fair, blind, fifo);
        Figures(text, "most stages waiting", outcome => $"{outcome.MostWaiting:N0}", fair, blind, fifo);
        Figures(text, "slots granted", outcome => $"{outcome.Grants:N0}", fair, blind, fifo);
        Figures(text, "processor time of the simulation", outcome => $"{outcome.ProcessorTime.TotalSeconds:0.0} s", fair, blind, fifo);
        Line(text, $"");
        Line(text, $"Memory the board takes for a waiting stage, with 10,000 of them: {BytesPerWaitingStage():N0} bytes.");
        return text.ToString();
    }

    /// <summary>All that is allocated while stages are queued, kept or not; the requests themselves are counted too.</summary>
    private static long BytesPerWaitingStage()
    {
        const int Stages = 10_000;
        var jobs = Workload.Backlog(new SimulationOptions(Jobs: Stages));
        var pool = new BoardPool(BoardPool.Rules(new SimulationOptions(Jobs: Stages)));
        var now = DateTimeOffset.UnixEpoch;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var job in jobs)
            pool.Enqueue(job.RequestFor(JobStage.EditForeground, now), now);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Stages;
    }

    private static SimulationOutcome Simulate(SimulationOptions options, List<SimulatedJob> jobs, ISlotPool pool) =>
        new ClusterSimulation(options, jobs, pool).Run();

    private static void Shares(StringBuilder text, SimulationOutcome backlog)
    {
        var weights = SimulatedTenant.All.Sum(tenant => tenant.Weight);
        Line(text, $"| tenant | weight | fair part | of GPU silos | of CPU silos |");
        Line(text, $"| --- | --- | --- | --- | --- |");
        foreach (var tenant in SimulatedTenant.All)
        {
            var (gpu, cpu) = (backlog.Share(tenant.Name, gpu: true), backlog.Share(tenant.Name, gpu: false));
            Line(text, $"| {tenant.Name} | {tenant.Weight} | {tenant.Weight / weights:P1} | {gpu:P1} | {cpu:P1} |");
        }
    }

    private static void Row(StringBuilder text, string name, Func<SimulatedJob, bool> which, SimulationOutcome fair, SimulationOutcome fifo) =>
        Line(text, $"| {name} | {Waits(fair.Jobs.Where(which))} | {Waits(fifo.Jobs.Where(which))} |");

    private static void Figures(StringBuilder text, string name, Func<SimulationOutcome, string> figure, params IEnumerable<SimulationOutcome> outcomes) =>
        Line(text, $"| {name} | {string.Join(" | ", outcomes.Select(figure))} |");

    private static string Waits(IEnumerable<SimulatedJob> jobs)
    {
        var minutes = jobs.Select(job => job.Waited / 60).Order().ToList();
        string At(double part) => minutes[(int)(part * (minutes.Count - 1))].ToString("0.0", CultureInfo.InvariantCulture);
        return minutes.Count == 0 ? "-" : $"{At(0.5)} / {At(0.95)} / {At(0.99)}";
    }

    private static string MeanTime(SimulationOutcome outcome) =>
        string.Create(CultureInfo.InvariantCulture, $"{outcome.Jobs.Average(job => job.CompletedAt - job.SubmittedAt) / 60:0.0} min");

    private static string Hours(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.00} h");

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
