using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StableVideo.Cluster;

/// <summary>The traces and metrics of jobs and stages, all under the name <see cref="Name"/>.</summary>
public sealed class ClusterInstruments : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "StableVideo.Cluster";

    private static readonly ActivitySource Source = new(Name);
    private readonly Meter _meter;
    private readonly Histogram<double> _stageSeconds;
    private readonly Histogram<double> _slotWait;
    private readonly UpDownCounter<int> _slotsTaken;
    private readonly Counter<long> _stagesLost;
    private readonly Counter<long> _jobsEnded;

    /// <summary>Creates the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    public ClusterInstruments(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _stageSeconds = _meter.CreateHistogram<double>("stablevideo.stage.duration", "s", "Time from getting a slot to the end of a stage.");
        _slotWait = _meter.CreateHistogram<double>("stablevideo.stage.slot_wait", "s", "Time a stage waited for a free slot.");
        _slotsTaken = _meter.CreateUpDownCounter<int>("stablevideo.slots.taken", "{slot}", "Slots in which a heavy stage is being computed.");
        _stagesLost = _meter.CreateCounter<long>("stablevideo.stages.lost", "{stage}", "Stages that were no longer heard of and started anew.");
        _jobsEnded = _meter.CreateCounter<long>("stablevideo.jobs.ended", "{job}", "Jobs that completed, failed or were cancelled.");
    }

    internal static Activity? StartStage(string jobId, StageAssignment assignment)
    {
        var activity = Source.StartActivity($"stage {assignment.Stage}");
        activity?.SetTag("stablevideo.job", jobId);
        activity?.SetTag("stablevideo.stage", assignment.Stage.ToString());
        activity?.SetTag("stablevideo.attempt", assignment.Attempt);
        return activity;
    }

    internal void StageEnded(JobStage stage, string outcome, TimeSpan elapsed) => _stageSeconds.Record(
        elapsed.TotalSeconds, new KeyValuePair<string, object?>("stage", stage.ToString()), new KeyValuePair<string, object?>("outcome", outcome));

    internal void SlotTaken(JobStage stage, TimeSpan waited)
    {
        _slotWait.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("stage", stage.ToString()));
        _slotsTaken.Add(1);
    }

    internal void SlotFreed() => _slotsTaken.Add(-1);

    internal void StageLost(JobStage stage) => _stagesLost.Add(1, new KeyValuePair<string, object?>("stage", stage.ToString()));

    internal void JobEnded(JobState state) => _jobsEnded.Add(1, new KeyValuePair<string, object?>("state", state.ToString()));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
