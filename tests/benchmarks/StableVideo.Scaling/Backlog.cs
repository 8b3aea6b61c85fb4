using System.Diagnostics;
using System.Globalization;
using StableVideo.Cluster;

namespace StableVideo.Scaling;

/// <summary>What it costs when thousands of jobs wait.</summary>
internal static class Backlog
{
    private const int Silos = 2;
    private const int AtOnce = 8;

    public static async Task<string> MeasureAsync(int jobs, TimeSpan watching)
    {
        await using var cluster = await ScalingCluster.StartAsync(Silos, TimeSpan.FromDays(1));
        // What is loaded on first use is no cost of a job.
        const int First = 200;
        await Task.WhenAll(Enumerable.Range(0, First).Select(cluster.SubmitAsync));
        await QueuedAsync(cluster, First);
        var before = await MemoryAsync(cluster);

        var submitted = new List<double>(jobs);
        await Parallel.ForEachAsync(Enumerable.Range(First, jobs), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) =>
        {
            var took = await TimeAsync(() => cluster.SubmitAsync(number));
            lock (submitted)
                submitted.Add(took);
        });
        await QueuedAsync(cluster, First + jobs);
        var after = await MemoryAsync(cluster);

        var submittedLater = await PacedAsync(50, TimeSpan.FromSeconds(20), number => cluster.SubmitAsync(First + jobs + number));
        var random = new Random(1);
        var processor = cluster.Silos.Sum(silo => silo.ProcessorTime.TotalSeconds);
        var asked = await PacedAsync(100, watching, _ => cluster.Job(random.Next(First + jobs)).GetStatus());
        processor = cluster.Silos.Sum(silo => silo.ProcessorTime.TotalSeconds) - processor;
        var queue = await PacedAsync(1, TimeSpan.FromSeconds(20), _ => cluster.StatusAsync());

        return string.Create(CultureInfo.InvariantCulture, $"""
            | {jobs:N0} jobs waiting, {Silos} silo processes | p50 | p95 | p99 | most |
            | --- | --- | --- | --- | --- |
            | submit, {AtOnce} at a time while the queue fills | {Row(submitted)} |
            | submit, 50 per second into the full queue | {Row(submittedLater)} |
            | status of a job, 100 per second | {Row(asked)} |
            | status of the pool | {Row(queue)} |

            Memory per waiting job: {(after.Heap - before.Heap) / 1024.0 / jobs:0.0} KiB of managed heap, {(after.Process - before.Process) / 1024.0 / jobs:0.0} KiB of the processes.
            Processor time of the silos while status is asked: {processor / watching.TotalSeconds:P0} of one core.

            """);
    }

    private static async Task QueuedAsync(ScalingCluster cluster, int jobs) =>
        await ScalingCluster.UntilAsync(async () => (await cluster.StatusAsync()) is var status && status.Queues.Sum(queue => queue.Waiting) + status.Silos.Sum(silo => silo.Busy) >= jobs);

    private static async Task<(long Heap, long Process)> MemoryAsync(ScalingCluster cluster)
    {
        // Stages that probed are gone from memory by then.
        await Task.Delay(TimeSpan.FromSeconds(5));
        var (heap, process) = (0L, 0L);
        foreach (var silo in cluster.Silos)
        {
            var memory = await silo.MemoryAsync();
            (heap, process) = (heap + memory.Heap, process + memory.Process);
        }

        return (heap, process);
    }

    /// <summary>Calls at a steady rate, whether or not earlier ones have been answered: a slow answer does not hide those behind it.</summary>
    private static async Task<List<double>> PacedAsync(int perSecond, TimeSpan duration, Func<int, Task> call)
    {
        var calls = new List<Task<double>>();
        var start = Stopwatch.GetTimestamp();
        for (var number = 0; number < perSecond * duration.TotalSeconds; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / perSecond);
            var early = due - Stopwatch.GetElapsedTime(start);
            if (early > TimeSpan.Zero)
                await Task.Delay(early);
            var captured = number;
            calls.Add(TimeAsync(() => call(captured)));
        }

        return [.. await Task.WhenAll(calls)];
    }

    private static async Task<double> TimeAsync(Func<Task> call)
    {
        var start = Stopwatch.GetTimestamp();
        await call();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string Row(List<double> times)
    {
        times.Sort();
        return string.Join(" | ", new[] { 0.5, 0.95, 0.99, 1 }.Select(part => string.Create(CultureInfo.InvariantCulture, $"{Throughput.Percentile(times, part):0.0} ms")));
    }
}
