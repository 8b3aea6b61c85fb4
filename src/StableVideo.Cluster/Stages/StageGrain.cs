using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace StableVideo.Cluster;

/// <summary>
/// One attempt at one stage, on the silo that holds its slot: computes and reports. Reentrant, so that it can be asked while it waits for its
/// job's answer.
/// </summary>
[Reentrant, StagePlacement]
internal abstract partial class StageGrain(JobStage stage, StageServices services) : Grain, IStageGrain, IDisposable
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(10);
    private StageAttempt? _attempt;
    private IGrainTimer? _timer;
    private bool _signalling;
    private StageSignal? _lastSignal;
    private long _lastSignalTime;

    private StageTicket Ticket => StageGrainFactory.TicketOf(stage, this.GetPrimaryKeyString());

    private IStageReports Job => GrainFactory.GetGrain<IStageReports>(Ticket.JobId);

    public Task Start(StageAssignment assignment)
    {
        if (assignment.Stage != stage || assignment.Attempt != Ticket.Attempt)
            throw new ArgumentException($"This grain computes {Ticket}, not {assignment.Stage} #{assignment.Attempt}.", nameof(assignment));
        if (_attempt is not null)
            return Task.CompletedTask;
        _attempt = new StageAttempt(Ticket, assignment, services);
        services.Attempts.Add(_attempt);
        _timer = this.RegisterGrainTimer(
            SignalAsync,
            new GrainTimerCreationOptions(TimeSpan.Zero, services.Options.ProgressPeriod) { Interleave = true, KeepAlive = true });
        _ = FollowAsync(_attempt);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        if (_attempt is null)
            DeactivateOnIdle();
        _attempt?.Stop();
        return Task.CompletedTask;
    }

    public Task<bool> IsAtWork()
    {
        if (_attempt is null)
            DeactivateOnIdle();
        return Task.FromResult(_attempt is { IsStopped: false });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_attempt is not { } attempt)
            return;
        attempt.Stop();
        await ((Task)attempt.Completion).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        services.Attempts.Remove(attempt);
    }

    public void Dispose()
    {
        _attempt?.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task SignalAsync(CancellationToken cancellationToken)
    {
        if (_signalling || _attempt is not { IsStopped: false } attempt)
            return;
        attempt.StorePreviews(exception => LogPreviewFailed(services.Logger, exception, attempt.Ticket));
        var signal = attempt.Signal;
        if (signal == _lastSignal && services.Clock.GetElapsedTime(_lastSignalTime) < services.Options.HeartbeatPeriod)
            return;
        _signalling = true;
        try
        {
            if (!await Job.StageAlive(signal))
                attempt.Stop();
            (_lastSignal, _lastSignalTime) = (signal, services.Clock.GetTimestamp());
        }
        catch (Exception exception)
        {
            LogSignalFailed(services.Logger, exception, Ticket);
        }
        finally
        {
            _signalling = false;
        }
    }

    private async Task FollowAsync(StageAttempt attempt)
    {
        try
        {
            var outcome = await attempt.Completion;
            await ReportAsync(() => Job.StageCompleted(stage, Ticket.Attempt, outcome));
        }
        catch (OperationCanceledException) when (attempt.IsStopped)
        {
            if (attempt.HandedBack is { } reason)
                await ReportAsync(() => Job.StageHandedBack(stage, Ticket.Attempt, reason));
        }
        catch (Exception exception)
        {
            await ReportAsync(() => Job.StageFailed(stage, Ticket.Attempt, StageErrors.Describe(exception)));
        }

        _timer?.Dispose();
        services.Attempts.Remove(attempt);
        DeactivateOnIdle();
    }

    /// <summary>Tells the job, again and again until it has heard.</summary>
    private async Task ReportAsync(Func<Task<bool>> report)
    {
        var delay = services.Options.ProgressPeriod;
        while (true)
        {
            try
            {
                _ = await report();
                return;
            }
            catch (Exception exception)
            {
                LogReportFailed(services.Logger, exception, Ticket);
            }

            await Task.Delay(delay, services.Clock);
            delay = delay * 2 < LongestRetryDelay ? delay * 2 : LongestRetryDelay;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Ticket} could not reach its job; it goes on and tries again")]
    private static partial void LogSignalFailed(ILogger logger, Exception exception, StageTicket ticket);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Ticket}: a preview could not be stored")]
    private static partial void LogPreviewFailed(ILogger logger, Exception exception, StageTicket ticket);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Ticket} could not report its end; it tries again")]
    private static partial void LogReportFailed(ILogger logger, Exception exception, StageTicket ticket);
}
