using System.Diagnostics;
using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>
/// One attempt at one stage: looks the result up, else waits for a slot and computes it on a thread of its own.
/// Knows nothing of grains; what it exposes may be read from any thread.
/// </summary>
internal sealed class StageAttempt : IProgress<StageProgress>, IDisposable
{
    private readonly string _jobId;
    private readonly StageAssignment _assignment;
    private readonly StageServices _services;
    private readonly CancellationTokenSource _stop = new();
    private volatile StageProgress _progress = new(0, "looking for an earlier result");
    private volatile bool _isRunning;

    public StageAttempt(string jobId, StageAssignment assignment, StageServices services)
    {
        (_jobId, _assignment, _services) = (jobId, assignment, services);
        Completion = Task.Run(RunAsync);
    }

    public int Number => _assignment.Attempt;

    /// <summary>Ends with the outcome, the error, or cancellation after <see cref="Stop"/>.</summary>
    public Task<StageOutcome> Completion { get; }

    public bool IsStopped => _stop.IsCancellationRequested;

    /// <summary>What to tell the job now.</summary>
    public StageSignal Signal
    {
        get
        {
            var progress = _progress;
            return new StageSignal
            {
                Stage = _assignment.Stage,
                Attempt = Number,
                Running = _isRunning,
                Fraction = progress.Fraction,
                Message = progress.Message,
                Silo = _services.SiloName,
            };
        }
    }

    public void Stop() => _stop.Cancel();

    void IProgress<StageProgress>.Report(StageProgress value) => _progress = value with { Fraction = Math.Clamp(value.Fraction, _progress.Fraction, 1) };

    public void Dispose() => _stop.Dispose();

    private async Task<StageOutcome> RunAsync()
    {
        var cancellation = _stop.Token;
        var stage = JobMessages.ToKind(_assignment.Stage);
        var inputs = JobMessages.ToInputs(_assignment.Request);
        var upstream = _assignment.Upstream.ToDictionary(pair => JobMessages.ToKind(pair.Key), pair => JobMessages.ToResult(pair.Value));

        if (await _services.Executor.FindAsync(stage, inputs, upstream, cancellation) is { } found)
            return JobMessages.ToOutcome(found, reused: true);

        using var slot = await TakeSlotAsync(cancellation);
        using var activity = ClusterInstruments.StartStage(_jobId, _assignment);
        _progress = new StageProgress(0, "starting");
        _isRunning = true;
        var start = _services.Clock.GetTimestamp();
        var verdict = "failed";
        try
        {
            var result = await StageThread.RunAsync(
                $"{_assignment.Stage} {_jobId}", () => _services.Executor.RunAsync(stage, inputs, upstream, this, cancellation));
            verdict = "completed";
            return JobMessages.ToOutcome(result, reused: false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            verdict = "stopped";
            throw;
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
        finally
        {
            _services.Instruments.StageEnded(_assignment.Stage, verdict, _services.Clock.GetElapsedTime(start));
        }
    }

    private async Task<IDisposable?> TakeSlotAsync(CancellationToken cancellation)
    {
        // A probe looks at headers only; letting it wait behind a decomposition would hide input errors for minutes.
        if (_assignment.Stage == JobStage.Probe)
            return null;
        _progress = new StageProgress(0, _services.Slots.Count == 1 ? "waiting for the slot" : $"waiting for one of {_services.Slots.Count} slots");
        var start = _services.Clock.GetTimestamp();
        var slot = await _services.Slots.AcquireAsync(cancellation);
        _services.Instruments.SlotTaken(_assignment.Stage, _services.Clock.GetElapsedTime(start));
        return new Occupied(slot, _services.Instruments);
    }

    private sealed class Occupied(IDisposable slot, ClusterInstruments instruments) : IDisposable
    {
        public void Dispose()
        {
            slot.Dispose();
            instruments.SlotFreed();
        }
    }
}
