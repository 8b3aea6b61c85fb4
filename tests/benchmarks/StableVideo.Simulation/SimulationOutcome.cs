using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>What a simulation measured.</summary>
internal sealed class SimulationOutcome
{
    private readonly Dictionary<string, int> _toBegin = [];
    private readonly Dictionary<(string Tenant, bool Gpu), long> _busyWhileAllWait = [];
    private double _lastSubmit = -1;
    private bool _allWaitNoMore;
    private long _up;
    private long _busy;

    public required IReadOnlyList<SimulatedJob> Jobs { get; init; }

    /// <summary>Simulated seconds until the last job was complete.</summary>
    public double Length { get; private set; }

    /// <summary>Processor time the simulation took.</summary>
    public TimeSpan ProcessorTime { get; private set; }

    public int ModelLoads { get; private set; }

    public int StagesLost { get; private set; }

    public int SilosDied { get; private set; }

    public long Grants { get; private set; }

    public int MostWaiting { get; private set; }

    /// <summary>Part of the slots that were busy, from the start until the last job came, 0..1.</summary>
    public double Utilisation => (double)_busy / Math.Max(1, _up);

    /// <summary>A tenant's part of the busy slots of GPU or CPU silos while stages of all tenants waited for them, 0..1.</summary>
    public double Share(string tenant, bool gpu) =>
        _busyWhileAllWait.GetValueOrDefault((tenant, gpu)) / Math.Max(1d, _busyWhileAllWait.Where(busy => busy.Key.Gpu == gpu).Sum(busy => busy.Value));

    public void Queued(string tenant, JobStage stage) => Count(tenant, stage, 1);

    public void Granted(string tenant, JobStage stage)
    {
        Grants++;
        Count(tenant, stage, -1);
    }

    public void Lost() => StagesLost++;

    public void Died() => SilosDied++;

    /// <summary>Looks at the cluster, at moments that are evenly spaced.</summary>
    public void Sample(double now, int waiting, IReadOnlyList<SimulatedSilo> silos)
    {
        MostWaiting = Math.Max(MostWaiting, waiting);
        if (_lastSubmit < 0)
            _lastSubmit = Jobs.Max(job => job.SubmittedAt);
        var up = silos.Where(silo => silo.Up).ToList();
        if (now <= Math.Max(_lastSubmit, 3600))
        {
            _up += up.Count;
            _busy += up.Sum(silo => silo.Running.Count);
        }

        // The first minutes belong to the stages that found the cluster empty.
        if (_allWaitNoMore || now < 300)
            return;
        _allWaitNoMore = SimulatedTenant.All.Any(tenant => _toBegin.GetValueOrDefault(tenant.Name) == 0);
        foreach (var (silo, job) in up.SelectMany(silo => silo.Running.Values.Select(job => (silo, job))))
            _busyWhileAllWait[(job.Tenant, silo.IsGpu)] = _busyWhileAllWait.GetValueOrDefault((job.Tenant, silo.IsGpu)) + 1;
    }

    public void Ended(double now, int modelLoads, TimeSpan processorTime) => (Length, ModelLoads, ProcessorTime) = (now, modelLoads, processorTime);

    private void Count(string tenant, JobStage stage, int change)
    {
        if (stage == JobStage.Decompose)
            _toBegin[tenant] = _toBegin.GetValueOrDefault(tenant) + change;
    }
}
