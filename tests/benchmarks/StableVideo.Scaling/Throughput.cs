using System.Globalization;

namespace StableVideo.Scaling;

/// <summary>How much of the time of all slots is spent in stages, and how long a slot is idle between two stages, while stages wait.</summary>
/// <param name="Silos">Silo processes with one slot each.</param>
/// <param name="Stages">Stages that ended in the window.</param>
/// <param name="PerSecond">Stages per second.</param>
/// <param name="Efficiency">Part of the slots' time that was spent in stages.</param>
/// <param name="Gaps">Idle times between two stages in ms, sorted.</param>
/// <param name="ProcessorPerStage">Processor time of all silos per stage, in ms.</param>
internal sealed record Throughput(int Silos, int Stages, double PerSecond, double Efficiency, IReadOnlyList<double> Gaps, double ProcessorPerStage)
{
    public double MeanGap => Gaps.Average();

    public static async Task<Throughput> MeasureAsync(int silos, TimeSpan wait, TimeSpan window)
    {
        // Silos compile their code meanwhile, all on the cores of one machine.
        var warmUp = TimeSpan.FromSeconds(20 + (4 * silos)) + (ArtificialStages.ShortStages * wait / 20);
        await using var cluster = await ScalingCluster.StartAsync(silos, wait);
        // Enough that stages wait until the window is over: no stage is shorter than its wait, and a job has five.
        var stages = silos * (ArtificialStages.ShortStages + ((warmUp + window + TimeSpan.FromSeconds(5)) / wait));
        var jobs = (int)Math.Ceiling(stages / 5) + (2 * silos);
        await Parallel.ForEachAsync(Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) => await cluster.SubmitAsync(number));
        await Task.Delay(warmUp);
        var processor = cluster.Silos.Sum(silo => silo.ProcessorTime.TotalMilliseconds);
        var begin = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Task.Delay(window);
        var end = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        processor = cluster.Silos.Sum(silo => silo.ProcessorTime.TotalMilliseconds) - processor;
        var waiting = (await cluster.StatusAsync()).Queues.Sum(queue => queue.Waiting);
        if (waiting == 0)
            throw new InvalidOperationException("No stage waited at the end of the window.");
        // Stages that were running at the end of the window are seen once they have ended.
        await Task.Delay(wait + wait);

        var (ended, busy) = (0, 0.0);
        var gaps = new List<double>();
        foreach (var waits in cluster.Silos.Select(silo => silo.Waits()))
        {
            ended += waits.Count(w => w.End >= begin && w.End < end);
            busy += waits.Sum(w => Math.Max(0, Math.Min(w.End, end) - Math.Max(w.Begin, begin)));
            gaps.AddRange(waits.Zip(waits.Skip(1)).Where(pair => pair.First.End >= begin && pair.Second.Begin < end).Select(pair => (double)(pair.Second.Begin - pair.First.End)));
        }

        gaps.Sort();
        return new Throughput(silos, ended, ended / window.TotalSeconds, busy / (silos * (end - begin)), gaps, processor / ended);
    }

    public static string Table(TimeSpan wait, IReadOnlyList<Throughput> measured)
    {
        var single = measured[0].PerSecond / measured[0].Silos;
        return string.Create(CultureInfo.InvariantCulture, $"""
            | silos | stages/s | against {measured[0].Silos} | slots busy | idle between stages, mean / p50 / p99 | processor time per stage |
            | --- | --- | --- | --- | --- | --- |

            """) + string.Concat(measured.Select(m => string.Create(
                CultureInfo.InvariantCulture,
                $"| {m.Silos} | {m.PerSecond:0.00} | {m.PerSecond / m.Silos / single:P1} | {m.Efficiency:P1} | {m.MeanGap:0.0} / {Percentile(m.Gaps, 0.5):0.0} / {Percentile(m.Gaps, 0.99):0.0} ms | {m.ProcessorPerStage:0.0} ms |\n")));
    }

    internal static double Percentile(IReadOnlyList<double> sorted, double part) => sorted[(int)(part * (sorted.Count - 1))];
}
