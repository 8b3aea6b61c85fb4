using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>
/// A cluster in simulated time: jobs come, stages wait, are granted slots and computed, silos report, die and come back. One pass through the
/// events in the order of their time.
/// </summary>
internal sealed class ClusterSimulation
{
    private const double ReportPeriod = 10;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(25);
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ISlotPool _pool;
    private readonly List<SimulatedJob> _jobs;
    private readonly Dictionary<string, SimulatedJob> _byId;
    private readonly List<SimulatedSilo> _silos;
    private readonly Dictionary<string, SimulatedSilo> _siloByName;
    private readonly PriorityQueue<Action, (double At, long Number)> _events = new();
    private readonly SimulationOutcome _outcome;
    private long _number;
    private double _now;
    private int _left;

    public ClusterSimulation(SimulationOptions options, List<SimulatedJob> jobs, ISlotPool pool)
    {
        (_jobs, _pool, _left) = (jobs, pool, jobs.Count);
        _byId = jobs.ToDictionary(job => job.Id);
        _silos = [.. Enumerable.Range(0, options.Silos).Select(number => new SimulatedSilo(number, options.Silos, options.Seed))];
        _siloByName = _silos.ToDictionary(silo => silo.Name);
        _outcome = new SimulationOutcome { Jobs = jobs };
    }

    public SimulationOutcome Run()
    {
        var before = Environment.CpuUsage.TotalTime;
        foreach (var silo in _silos)
            At(silo.NextLife(), () => Die(silo));
        foreach (var job in _jobs)
            At(job.SubmittedAt + job.Seconds[(int)JobStage.Probe], () => Continue(job, JobStage.Probe));
        At(0, Tick);
        while (_left > 0 && _events.TryDequeue(out var happen, out var when))
        {
            _now = when.At;
            happen();
            foreach (var grant in _pool.Grant(Now()))
                Begin(grant);
        }

        _outcome.Ended(_now, _silos.Sum(silo => silo.ModelLoads), Environment.CpuUsage.TotalTime - before);
        return _outcome;
    }

    private DateTimeOffset Now() => Start.AddSeconds(_now);

    private void At(double time, Action happen) => _events.Enqueue(happen, (time, _number++));

    private void Tick()
    {
        foreach (var silo in _silos.Where(silo => silo.Up))
            Lose(_pool.Update(silo.Report(), Now()));
        Lose(_pool.Expire(Now(), Silence));
        _outcome.Sample(_now, _pool.Waiting, _silos);
        At(_now + ReportPeriod, Tick);
    }

    private void Enqueue(SimulatedJob job, JobStage stage)
    {
        job.Attempts[(int)stage]++;
        job.EnqueuedAt[(int)stage] = _now;
        _outcome.Queued(job.Tenant, stage);
        _pool.Enqueue(job.RequestFor(stage, Start), Now());
    }

    private void Begin(SlotGrant grant)
    {
        var ticket = grant.Request.Ticket;
        var job = _byId[ticket.JobId];
        job.Waited += grant.Waited.TotalSeconds;
        _outcome.Granted(job.Tenant, ticket.Stage);
        var silo = _siloByName[grant.Silo];

        // The scheduler has not noticed yet that the silo, or this process of it, is gone; it will, and the stage is lost.
        if (!silo.Up || silo.Report().Address != grant.Address)
            return;
        var loads = silo.ModelLoads;
        var seconds = silo.Begin(grant.Request, job);
        if (silo.ModelLoads > loads)
            Lose(_pool.Update(silo.Report(), Now()));
        At(_now + seconds, () => Complete(silo, grant.Request, job, seconds));
    }

    private void Complete(SimulatedSilo silo, SlotRequest request, SimulatedJob job, double seconds)
    {
        if (!silo.Running.Remove(request.Ticket))
            return;
        _pool.Complete(request, seconds);
        Continue(job, request.Ticket.Stage);
    }

    private void Continue(SimulatedJob job, JobStage stage)
    {
        job.Complete[(int)stage] = true;
        foreach (var next in job.After(stage))
            Enqueue(job, next);
        if (!job.IsComplete)
            return;
        job.CompletedAt = _now;
        _left--;
    }

    private void Lose(IReadOnlyList<StageTicket> lost)
    {
        foreach (var ticket in lost)
        {
            _outcome.Lost();
            Enqueue(_byId[ticket.JobId], ticket.Stage);
        }
    }

    private void Die(SimulatedSilo silo)
    {
        silo.Die();
        _outcome.Died();
        At(_now + silo.NextAbsence(), () =>
        {
            silo.Return();
            Lose(_pool.Update(silo.Report(), Now()));
            At(_now + silo.NextLife(), () => Die(silo));
        });
    }
}
