namespace StableVideo.Imaging;

/// <summary>
/// Stops an ffmpeg that may not have begun yet or may have ended just now. FFMpegCore then throws at whoever cancels, though nothing is wrong: such a
/// process ends with its pipe.
/// </summary>
internal sealed class ProcessStop : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly CancellationTokenRegistration registration;

    /// <summary>Stops when <paramref name="cancellationToken"/> does, too.</summary>
    public ProcessStop(CancellationToken cancellationToken = default) => registration = cancellationToken.Register(Stop);

    /// <summary>What the process is to watch.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Stops the process; never throws.</summary>
    public void Stop()
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // See above.
        }
    }

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
