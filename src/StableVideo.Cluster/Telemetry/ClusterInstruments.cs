using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StableVideo.Cluster;

/// <summary>The traces and metrics of jobs and stages, all under the name <see cref="Name"/>.</summary>
public sealed class ClusterInstruments : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "StableVideo.Cluster";

    private static readonly ActivitySource Source = new(Name);
    private readonly ConcurrentDictionary<string, BoardStatus> _pools = new(StringComparer.Ordinal);
    private readonly Meter _meter;
    private readonly Histogram<double> _stageSeconds;
    private readonly Histogram<double> _slotWait;
    private readonly UpDownCounter<int> _attempts;
    private readonly Counter<long> _stagesLost;
    private readonly Counter<long> _jobsEnded;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    public ClusterInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _stageSeconds = _meter.CreateHistogram<double>("stablevideo.stage.duration", "s", "Time from the start to the end of an attempt at a stage.");
        _slotWait = _meter.CreateHistogram<double>("stablevideo.stage.slot_wait", "s", "Time a stage waited for a slot.");
        _attempts = _meter.CreateUpDownCounter<int>("stablevideo.attempts.running", "{attempt}", "Attempts at stages under way.");
        _stagesLost = _meter.CreateCounter<long>("stablevideo.stages.lost", "{stage}", "Stages that were no longer heard of and started anew.");
        _meter.CreateObservableGauge("stablevideo.queue.depth", () => Needs((need, tags) => new Measurement<int>(need.Waiting, tags)), "{stage}", "Stages that wait for a slot.");
        _meter.CreateObservableGauge("stablevideo.queue.oldest_wait", () => Needs((need, tags) => new Measurement<double>(need.OldestWait.TotalSeconds, tags)), "s", "How long the first of the stages that wait has waited.");
        _meter.CreateObservableGauge("stablevideo.slots.busy", () => Silos((silo, tags) => new Measurement<int>(silo.Busy, tags)), "{slot}", "Slots of a silo that are taken.");
        _meter.CreateObservableGauge("stablevideo.slots.total", () => Silos((silo, tags) => new Measurement<int>(silo.Slots, tags)), "{slot}", "Slots of a silo.");
        _jobsEnded = _meter.CreateCounter<long>("stablevideo.jobs.ended", "{job}", "Jobs that completed, failed or were cancelled.");
    }

    internal static Activity? StartStage(StageTicket ticket)
    {
        var activity = Source.StartActivity($"stage {ticket.Stage}");
        activity?.SetTag("stablevideo.job", ticket.JobId);
        activity?.SetTag("stablevideo.stage", ticket.Stage.ToString());
        activity?.SetTag("stablevideo.attempt", ticket.Attempt);
        return activity;
    }

    internal void StageEnded(JobStage stage, string outcome, TimeSpan elapsed) => _stageSeconds.Record(
        elapsed.TotalSeconds, new KeyValuePair<string, object?>("stage", stage.ToString()), new KeyValuePair<string, object?>("outcome", outcome));

    internal void SlotGranted(JobStage stage, TimeSpan waited) =>
        _slotWait.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("stage", stage.ToString()));

    /// <summary>Takes in what a scheduler last saw; the gauges show it.</summary>
    internal void PoolSeen(string pool, BoardStatus status) => _pools[pool] = status;

    /// <summary>The scheduler of a pool has left this silo.</summary>
    internal void PoolLeft(string pool) => _pools.TryRemove(pool, out _);

    internal void AttemptStarted() => _attempts.Add(1);

    internal void AttemptEnded() => _attempts.Add(-1);

    internal void StageLost(JobStage stage) => _stagesLost.Add(1, new KeyValuePair<string, object?>("stage", stage.ToString()));

    internal void JobEnded(JobState state) => _jobsEnded.Add(1, new KeyValuePair<string, object?>("state", state.ToString()));

    private IEnumerable<Measurement<T>> Needs<T>(Func<BoardNeed, KeyValuePair<string, object?>[], Measurement<T>> measure)
        where T : struct =>
        _pools.SelectMany(pool => pool.Value.Needs.Select(need => measure(need, [new("pool", pool.Key), new("need", need.Need.ToString())])));

    private IEnumerable<Measurement<T>> Silos<T>(Func<BoardSilo, KeyValuePair<string, object?>[], Measurement<T>> measure)
        where T : struct =>
        _pools.SelectMany(pool => pool.Value.Silos.Select(silo => measure(silo, [new("pool", pool.Key), new("silo", silo.Name), new("roles", silo.Roles.ToString())])));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
