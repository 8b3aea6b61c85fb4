using System.Runtime.InteropServices;

namespace StableVideo.Cli;

/// <summary>Turns the first Ctrl-C or SIGTERM into a cancellation; the second ends the process at once.</summary>
public sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private int count;

    /// <summary>Listens from now on.</summary>
    public Interrupt() => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(registrations, registration => registration.Dispose());
        source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref count) > 1) Environment.Exit(ExitCode.Cancelled);
        context.Cancel = true;
        _ = source.CancelAsync(); // on the pool: callbacks must not hold up the signal thread
    }
}
