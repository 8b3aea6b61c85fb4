using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>Jobs that are the same for the same seed, whoever schedules them.</summary>
internal static class Workload
{
    private static readonly int[] Priorities = [-5, 0, 0, 0, 0, 0, 0, 0, 5, 5];

    // Mean seconds on the silo the stage is made for, in the order of the stages.
    private static readonly double[] MeanSeconds = [3, 60, 20, 60, 20, 40];

    /// <summary>Every tenant has as many jobs as the others, and all of them come at once.</summary>
    public static List<SimulatedJob> Backlog(SimulationOptions options)
    {
        var random = new Random(options.Seed);
        return [.. Enumerable.Range(0, options.Jobs).Select(number => Job(random, number, SimulatedTenant.All[number % SimulatedTenant.All.Count], 0))];
    }

    /// <summary>
    /// Jobs come over as long a time as the GPU silos need to compute nine tenths of what is offered to them, by single jobs or by bursts as the tenant does.
    /// </summary>
    public static List<SimulatedJob> Bursts(SimulationOptions options)
    {
        const double Load = 0.85;
        var gpuSeconds = MeanSeconds[(int)JobStage.Decompose] + MeanSeconds[(int)JobStage.EditBackground] + MeanSeconds[(int)JobStage.EditForeground];
        var length = options.Jobs * gpuSeconds / (Load * options.Silos * SimulatedSilo.GpuPart);
        var random = new Random(options.Seed);
        var jobs = new List<SimulatedJob>();
        foreach (var tenant in SimulatedTenant.All)
        {
            var left = (int)Math.Round(options.Jobs * tenant.Part);
            var meanBurst = Math.Max(1, tenant.BurstSize * (double)options.Silos / 1000);
            while (left > 0)
            {
                var burst = Math.Min(left, Math.Max(1, (int)Math.Round(meanBurst == 1 ? 1 : -Math.Log(1 - random.NextDouble()) * meanBurst)));
                var at = random.NextDouble() * length;
                for (var i = 0; i < burst; i++)
                    jobs.Add(Job(random, jobs.Count, tenant, at));
                left -= burst;
            }
        }

        return jobs;
    }

    private static SimulatedJob Job(Random random, int number, SimulatedTenant tenant, double at)
    {
        var size = LogNormal(random, 0.5);
        var pick = random.NextDouble();
        var model = ImageModel.All.First(model => (pick -= model.Popularity) < 0 || model == ImageModel.All[^1]);
        return new SimulatedJob
        {
            Id = $"{tenant.Name}-{number:D7}",
            Tenant = tenant.Name,
            Priority = Priorities[random.Next(Priorities.Length)],
            SubmittedAt = at,
            Model = model.Name,
            Work = [.. MeanSeconds.Select(_ => 30 * size)],
            Seconds = [.. MeanSeconds.Select(mean => mean * size * LogNormal(random, 0.3))],
        };
    }

    /// <summary>A log-normal number with mean 1.</summary>
    private static double LogNormal(Random random, double sigma)
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Math.Exp(sigma * normal - sigma * sigma / 2);
    }
}
