namespace StableVideo.Cli.Progress;

/// <summary>
/// Estimates the time to the end of a stage from how fast it moved lately: work done and time spent are both weighted by age, so that a slow start
/// (loading a model) is soon forgotten.
/// </summary>
public sealed class TimeLeft
{
    private const double HalfLifeSeconds = 20;

    private double lastFraction;
    private double lastSeconds;
    private double work;
    private double time;

    /// <summary>Takes a new report and estimates.</summary>
    /// <param name="fraction">How much is done, 0 to 1, never falling.</param>
    /// <param name="seconds">Seconds since the stage began.</param>
    /// <returns>Seconds to the end; null while too little is known.</returns>
    public double? Update(double fraction, double seconds)
    {
        var passed = seconds - lastSeconds;
        if (passed > 0)
        {
            var keep = Math.Pow(0.5, passed / HalfLifeSeconds);
            work = (work * keep) + Math.Max(0, fraction - lastFraction);
            time = (time * keep) + passed;
            (lastFraction, lastSeconds) = (Math.Max(fraction, lastFraction), seconds);
        }

        return work <= 0 || seconds < 1 ? null : (1 - Math.Clamp(fraction, 0, 1)) * time / work;
    }
}
