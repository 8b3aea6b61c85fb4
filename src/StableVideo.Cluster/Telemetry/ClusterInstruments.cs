using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace StableVideo.Cluster;

/// <summary>The metrics of jobs, stages and pools, all under the name <see cref="Name"/>.</summary>
public sealed class ClusterInstruments : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "StableVideo.Cluster";

    /// <summary>Tenants that have gauges of their own, those that wait most first: a metric must not grow with the number of tenants.</summary>
    private const int MostTenants = 100;

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600] };

    private readonly ConcurrentDictionary<string, BoardStatus> _pools = new(StringComparer.Ordinal);
    private readonly Meter _meter;
    private readonly Histogram<double> _stageSeconds;
    private readonly Histogram<double> _slotWait;
    private readonly Histogram<double> _jobSeconds;
    private readonly Histogram<double> _recoverySeconds;
    private readonly UpDownCounter<int> _attempts;
    private readonly Counter<long> _stagesLost;
    private readonly Counter<long> _stagesRetried;
    private readonly Counter<long> _stagesHandedBack;
    private readonly Counter<long> _leasesExpired;
    private readonly Counter<long> _jobsSubmitted;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    public ClusterInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _stageSeconds = _meter.CreateHistogram("stablevideo.stage.duration", "s", "Time from the start to the end of an attempt at a stage.", tags: null, Seconds);
        _slotWait = _meter.CreateHistogram("stablevideo.stage.slot_wait", "s", "Time a stage waited for a slot.", tags: null, Seconds);
        _jobSeconds = _meter.CreateHistogram("stablevideo.job.duration", "s", "Time from the submission of a job to its end.", tags: null, Seconds);
        _recoverySeconds = _meter.CreateHistogram("stablevideo.recovery.duration", "s", "Time from the last sign of life of a lost stage to its next slot.", tags: null, Seconds);
        _attempts = _meter.CreateUpDownCounter<int>("stablevideo.attempts.running", "{attempt}", "Attempts at stages under way.");
        _stagesLost = _meter.CreateCounter<long>("stablevideo.stages.lost", "{stage}", "Stages that were no longer heard of and started anew.");
        _stagesRetried = _meter.CreateCounter<long>("stablevideo.stages.retried", "{stage}", "Stages that failed in a way that another try may mend.");
        _stagesHandedBack = _meter.CreateCounter<long>("stablevideo.stages.handed_back", "{stage}", "Stages that a silo gave back because it stopped.");
        _leasesExpired = _meter.CreateCounter<long>("stablevideo.leases.expired", "{lease}", "Slots whose silo gave no sign of life for too long.");
        _jobsSubmitted = _meter.CreateCounter<long>("stablevideo.jobs.submitted", "{job}", "Jobs that were submitted for the first time.");
        _meter.CreateObservableGauge("stablevideo.queue.depth", () => Needs((need, tags) => new Measurement<int>(need.Waiting, tags)), "{stage}", "Stages that wait for a slot.");
        _meter.CreateObservableGauge("stablevideo.queue.oldest_wait", () => Needs((need, tags) => new Measurement<double>(need.OldestWait.TotalSeconds, tags)), "s", "How long the first of the stages that wait has waited.");
        _meter.CreateObservableGauge("stablevideo.tenant.waiting", () => Tenants((tenant, tags) => new Measurement<int>(tenant.Waiting, tags)), "{stage}", "Stages of a tenant that wait for a slot.");
        _meter.CreateObservableGauge("stablevideo.tenant.running", () => Tenants((tenant, tags) => new Measurement<int>(tenant.Running, tags)), "{stage}", "Stages of a tenant that hold a slot.");
        _meter.CreateObservableGauge("stablevideo.tenant.oldest_wait", () => Tenants((tenant, tags) => new Measurement<double>(tenant.OldestWait.TotalSeconds, tags)), "s", "How long the first of a tenant's stages that wait has waited.");
        _meter.CreateObservableGauge("stablevideo.slots.busy", () => Silos((silo, tags) => new Measurement<int>(silo.Busy, tags)), "{slot}", "Slots of a silo that are taken.");
        _meter.CreateObservableGauge("stablevideo.slots.total", () => Silos((silo, tags) => new Measurement<int>(silo.Slots, tags)), "{slot}", "Slots of a silo.");
    }

    /// <summary>
    /// Counts nothing, once, of all that alerts count: Prometheus sees an increase only between two values, and would miss the first loss of each stage on each silo.
    /// </summary>
    internal void ShowZeros()
    {
        _leasesExpired.Add(0);
        _jobsSubmitted.Add(0);
        foreach (var stage in Enum.GetValues<JobStage>())
        {
            _stagesLost.Add(0, Stage(stage));
            _stagesHandedBack.Add(0, Stage(stage));
        }
    }

    internal void StageEnded(JobStage stage, string outcome, TimeSpan elapsed) => _stageSeconds.Record(elapsed.TotalSeconds, Stage(stage), new("outcome", outcome));

    internal void SlotGranted(JobStage stage, TimeSpan waited) => _slotWait.Record(waited.TotalSeconds, Stage(stage));

    /// <summary>Takes in what a scheduler last saw; the gauges show it.</summary>
    internal void PoolSeen(string pool, BoardStatus status) => _pools[pool] = status;

    /// <summary>The scheduler of a pool has left this silo.</summary>
    internal void PoolLeft(string pool) => _pools.TryRemove(pool, out _);

    internal void AttemptStarted() => _attempts.Add(1);

    internal void AttemptEnded() => _attempts.Add(-1);

    internal void StageLost(JobStage stage) => _stagesLost.Add(1, Stage(stage));

    internal void StageRetried(JobStage stage, FailureKind kind) => _stagesRetried.Add(1, Stage(stage), new("cause", kind.ToString()));

    internal void StageHandedBack(JobStage stage) => _stagesHandedBack.Add(1, Stage(stage));

    internal void StageRecovered(JobStage stage, TimeSpan took) => _recoverySeconds.Record(took.TotalSeconds, Stage(stage));

    internal void LeasesExpired(int count) => _leasesExpired.Add(count);

    internal void JobSubmitted() => _jobsSubmitted.Add(1);

    internal void JobEnded(JobState state, TimeSpan took) => _jobSeconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("state", state.ToString()));

    private static KeyValuePair<string, object?> Stage(JobStage stage) => new("stage", stage.ToString());

    private IEnumerable<Measurement<T>> Needs<T>(Func<BoardNeed, KeyValuePair<string, object?>[], Measurement<T>> measure)
        where T : struct =>
        _pools.SelectMany(pool => pool.Value.Needs.Select(need => measure(need, [new("pool", pool.Key), new("need", need.Need.ToString())])));

    private IEnumerable<Measurement<T>> Tenants<T>(Func<BoardTenant, KeyValuePair<string, object?>[], Measurement<T>> measure)
        where T : struct =>
        _pools.SelectMany(pool => pool.Value.Tenants.OrderByDescending(tenant => tenant.Waiting + tenant.Running).Take(MostTenants)
            .Select(tenant => measure(tenant, [new("pool", pool.Key), new("tenant", tenant.Tenant)])));

    private IEnumerable<Measurement<T>> Silos<T>(Func<BoardSilo, KeyValuePair<string, object?>[], Measurement<T>> measure)
        where T : struct =>
        _pools.SelectMany(pool => pool.Value.Silos.Select(silo => measure(silo, [new("pool", pool.Key), new("silo", silo.Name), new("roles", silo.Roles.ToString())])));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
