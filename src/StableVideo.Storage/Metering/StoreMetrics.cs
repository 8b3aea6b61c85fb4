using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StableVideo.Storage;

/// <summary>How long stores take and what goes in and out, from the meter <see cref="Name"/>.</summary>
public static class StoreMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "StableVideo.Storage";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Seconds = Meter.CreateHistogram(
        "stablevideo.store.operation.duration", "s", "Time of one operation on the store.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>("stablevideo.store.io", "By", "Bytes of artifacts written to and read from the store.");

    /// <summary>Notes bytes that were read.</summary>
    internal static void Read(long bytes) => Bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "read"));

    /// <summary>Notes bytes that were written.</summary>
    internal static void Written(long bytes) => Bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "write"));

    /// <summary>Makes a call and notes how long it took and how it went.</summary>
    internal static async Task<T> TimeAsync<T>(string operation, Task<T> call)
    {
        if (!Seconds.Enabled)
            return await call;
        var start = Stopwatch.GetTimestamp();
        var outcome = "ok";
        try
        {
            return await call;
        }
        catch (Exception exception)
        {
            outcome = exception switch
            {
                StoreUnavailableException => "unavailable",
                PreconditionFailedException => "conflict",
                ArtifactNotFoundException => "not_found",
                QuotaExceededException => "quota",
                OperationCanceledException => "cancelled",
                _ => "error",
            };
            throw;
        }
        finally
        {
            Seconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new("operation", operation), new("outcome", outcome));
        }
    }
}
