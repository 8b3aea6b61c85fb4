using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StableVideo.Diffusion;

/// <summary>How fast pictures are denoised, from the meter <see cref="Name"/>.</summary>
public static class DenoisingMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "StableVideo.Diffusion";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("stablevideo.denoising.steps", "{step}", "Denoising steps taken, counted for each picture.");

    private static readonly Histogram<double> StepSeconds = Meter.CreateHistogram(
        "stablevideo.denoising.step.duration", "s", "Time of the networks for one step of all pictures in a batch.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    /// <summary>A step of a batch was taken.</summary>
    internal static void Taken(int pictures, long start)
    {
        Steps.Add(pictures);
        StepSeconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("batch", pictures));
    }
}
