using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

/// <summary>What a job leaves behind for those who listen.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly FakeExecutor _executor;
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _measurements = [];
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public TelemetryTests()
    {
        _executor = new FakeExecutor(_work.Store);
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ClusterInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ClusterInstruments.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>(Keep);
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Keep(instrument, value, tags, state));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, state) => Keep(instrument, value, tags, state));
        _meters.Start();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
        _work.Dispose();
    }

    [Fact]
    public async Task An_attempt_that_follows_another_is_in_the_same_trace_and_has_a_link_to_it()
    {
        var failed = false;
        _executor.On(StageKind.Decompose, async run =>
        {
            // Long enough for a sign of life, by which the job learns of the span.
            await Task.Delay(300, run.Cancellation);
            if (!failed)
            {
                failed = true;
                throw new InvalidOperationException("The disk hiccuped.");
            }
        });
        await using (var cluster = await _work.StartAsync(_executor, options => options.RetriesAllowed = 2))
        {
            await cluster.SubmitAsync("retraced", WorkFolder.Inputs(), Cancel);
            Assert.Equal(JobState.Completed, (await cluster.EndAsync("retraced")).State);
        }

        var spans = _spans.Where(span => span.GetTagItem("stablevideo.job.id") as string == "retraced").ToList();
        var job = Assert.Single(spans, span => span.OperationName == "job");
        Assert.All(spans, span => Assert.Equal(job.TraceId, span.TraceId));
        var attempts = spans.Where(span => span.OperationName == "stage Decompose").OrderBy(span => (int)span.GetTagItem("stablevideo.attempt")!).ToList();
        Assert.Equal([1, 2], attempts.Select(attempt => (int)attempt.GetTagItem("stablevideo.attempt")!));
        Assert.Equal((ActivityStatusCode.Error, "The disk hiccuped."), (attempts[0].Status, attempts[0].StatusDescription));
        Assert.Equal(attempts[0].SpanId, Assert.Single(attempts[1].Links).Context.SpanId);
        Assert.Equal(Enum.GetValues<JobStage>().Length + 1, spans.Count(span => span.OperationName.StartsWith("stage ", StringComparison.Ordinal)));
        Assert.Contains(_measurements, measured => measured is { Name: "stablevideo.stages.retried", Value: 1, Tags: "stage=Decompose cause=Transient" });
        Assert.Contains(_measurements, measured => measured is { Name: "stablevideo.job.duration", Tags: "state=Completed" });
        Assert.Contains(_measurements, measured => measured is { Name: "stablevideo.stage.duration", Tags: "stage=Decompose outcome=failed" });
        Assert.Contains(_measurements, measured => measured is { Name: "stablevideo.jobs.submitted", Value: 1 });
    }

    [Fact]
    public async Task Gauges_show_what_is_busy()
    {
        _executor.On(StageKind.Compose, run => Task.Delay(Timeout.Infinite, run.Cancellation));
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("watched", WorkFolder.Inputs(), Cancel);
        await cluster.UntilAsync("watched", status => status[JobStage.Compose].State == StageState.Running);
        _meters.RecordObservableInstruments();
        for (var tries = 0; !_measurements.Any(measured => measured is { Name: "stablevideo.slots.busy", Value: 1 }); tries++)
        {
            Assert.True(tries < 100, "No gauge showed the busy slot.");
            await Task.Delay(50, Cancel);
            _meters.RecordObservableInstruments();
        }

        Assert.Contains(_measurements, measured => measured is { Name: "stablevideo.tenant.running", Value: 1, Tags: "pool=default tenant=default" });
        await cluster.CancelAsync("watched");
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        _measurements.Enqueue((instrument.Name, value, string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))));
}
