using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StableVideo.Editing;

/// <summary>How often image models are asked for, and what opening them takes.</summary>
internal static class ModelMetrics
{
    private static readonly Meter Meter = new(EditingSpans.Name);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("stablevideo.model.requests", "{request}", "Times an image model was asked for, by whether it was open.");

    private static readonly Histogram<double> LoadSeconds = Meter.CreateHistogram(
        "stablevideo.model.load.duration", "s", "Time to open an image model.", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300] });

    /// <summary>A model was asked for that is open.</summary>
    public static void Hit(string model) => Requests.Add(1, new("model", model), new("result", "hit"));

    /// <summary>Opens a model that is not.</summary>
    public static T Load<T>(string model, Func<T> open)
    {
        Requests.Add(1, new("model", model), new("result", "miss"));
        using var activity = EditingSpans.Start("open model")?.SetTag("stablevideo.model", model);
        var start = Stopwatch.GetTimestamp();
        var opened = open();
        LoadSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("model", model));
        return opened;
    }
}
