using System.Diagnostics;
using Microsoft.Extensions.Logging;
using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>
/// One attempt at one stage, which holds a slot if it needs one: looks the result up, else computes it on a thread of its own.
/// Knows nothing of grains; what it exposes may be read from any thread.
/// </summary>
internal sealed partial class StageAttempt : IProgress<StageProgress>, IDisposable
{
    private readonly StageAssignment _assignment;
    private readonly StageServices _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly PreviewShelf _previews;
    private volatile StageProgress _progress = new(0, "looking for an earlier result");
    private volatile bool _isRunning;
    private volatile string? _handedBack;
    private volatile string? _trace;

    public StageAttempt(StageTicket ticket, StageAssignment assignment, StageServices services)
    {
        (Ticket, _assignment, _services) = (ticket, assignment, services);
        _previews = new PreviewShelf(services.Stores, JobKey.Parse(ticket.JobId).Tenant, services.Clock);
        Completion = Task.Run(RunAsync);
    }

    public StageTicket Ticket { get; }

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
                Attempt = _assignment.Attempt,
                Running = _isRunning,
                Fraction = progress.Fraction,
                Message = progress.Message,
                Silo = _services.SiloName,
                Previews = _previews.Shown,
                Trace = _trace,
            };
        }
    }

    /// <summary>Why it was stopped to be computed elsewhere, or <see langword="null"/>.</summary>
    public string? HandedBack => _handedBack;

    /// <summary>Begins to store new pictures of what is done so far, unless that is under way.</summary>
    public void StorePreviews(Action<Exception> failed) => _ = _previews.Store(failed);

    public void Stop() => _stop.Cancel();

    /// <summary>Stops it because the silo is about to end; what was checkpointed stays for the next attempt.</summary>
    public void HandBack(string reason)
    {
        _handedBack = reason;
        _stop.Cancel();
    }

    void IProgress<StageProgress>.Report(StageProgress value)
    {
        if (value.Preview is { } picture)
            _previews.Put(picture);
        _progress = value with { Fraction = Math.Clamp(value.Fraction, _progress.Fraction, 1), Preview = null };
    }

    public void Dispose() => _stop.Dispose();

    private async Task<StageOutcome> RunAsync()
    {
        var cancellation = _stop.Token;
        var stage = JobMessages.ToKind(_assignment.Stage);
        var inputs = JobMessages.ToInputs(_assignment.Request);
        var upstream = _assignment.Upstream.ToDictionary(pair => JobMessages.ToKind(pair.Key), pair => JobMessages.ToResult(pair.Value));

        var tenant = JobKey.Parse(Ticket.JobId).Tenant;
        using var scope = _services.Logger.BeginScope(new LogScope(Ticket, _services.SiloName));
        Activity? activity = null;
        try
        {
            if (await _services.Executor.FindAsync(tenant, stage, inputs, upstream, cancellation) is { } found)
                return JobMessages.ToOutcome(found, reused: true);

            activity = JobTrace.StartStage(Ticket, _assignment.Trace, _assignment.FormerTrace, _services.SiloName);
            _trace = activity?.Id;
            LogStarted(_services.Logger, Ticket);
            return JobMessages.ToOutcome(await MeasureAsync(() => _services.Executor.RunAsync(tenant, stage, inputs, upstream, this, cancellation)), reused: false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            LogStopped(_services.Logger, Ticket);
            throw;
        }
        catch (Exception exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            LogFailed(_services.Logger, exception, Ticket);
            throw;
        }
        finally
        {
            activity?.Dispose();
        }
    }

    private async Task<T> MeasureAsync<T>(Func<Task<T>> compute)
    {
        _progress = new StageProgress(0, "starting");
        _isRunning = true;
        var start = _services.Clock.GetTimestamp();
        var verdict = "failed";
        try
        {
            var result = await StageThread.RunAsync(Ticket.ToString(), compute);
            verdict = "completed";
            var seconds = _services.Clock.GetElapsedTime(start).TotalSeconds;
            LogCompleted(_services.Logger, Ticket, seconds);
            return result;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            verdict = "stopped";
            throw;
        }
        finally
        {
            _services.Instruments.StageEnded(_assignment.Stage, verdict, _services.Clock.GetElapsedTime(start));
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Ticket} started")]
    private static partial void LogStarted(ILogger logger, StageTicket ticket);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Ticket} completed in {Seconds:0.0} s")]
    private static partial void LogCompleted(ILogger logger, StageTicket ticket, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Ticket} stopped")]
    private static partial void LogStopped(ILogger logger, StageTicket ticket);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Ticket} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, StageTicket ticket);
}
