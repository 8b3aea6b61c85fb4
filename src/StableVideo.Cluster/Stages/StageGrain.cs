using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace StableVideo.Cluster;

/// <summary>Starts attempts at one stage of one job and reports on them. Reentrant, so that it can be asked while it waits for its job's answer.</summary>
[Reentrant]
internal abstract partial class StageGrain(JobStage stage, StageServices services) : Grain, IStageGrain, IDisposable
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(10);
    private StageAttempt? _current;
    private IGrainTimer? _timer;
    private int _latestAttempt;
    private bool _signalling;
    private StageSignal? _lastSignal;
    private long _lastSignalTime;

    private string JobId => this.GetPrimaryKeyString();

    private IStageReports Job => GrainFactory.GetGrain<IStageReports>(JobId);

    public Task Start(StageAssignment assignment)
    {
        if (assignment.Stage != stage)
            throw new ArgumentException($"This grain computes {stage}, not {assignment.Stage}.", nameof(assignment));
        if (assignment.Attempt <= _latestAttempt)
            return Task.CompletedTask;
        _current?.Stop();
        _latestAttempt = assignment.Attempt;
        _lastSignal = null;
        _current = new StageAttempt(JobId, assignment, services);
        _timer ??= this.RegisterGrainTimer(
            SignalAsync,
            new GrainTimerCreationOptions(TimeSpan.Zero, services.Options.ProgressPeriod) { Interleave = true, KeepAlive = true });
        LogStarted(services.Logger, JobId, stage, assignment.Attempt);
        _ = FollowAsync(_current);
        return Task.CompletedTask;
    }

    public Task Stop(int attempt)
    {
        _latestAttempt = Math.Max(_latestAttempt, attempt);
        if (_current?.Number <= attempt)
            _current.Stop();
        return Task.CompletedTask;
    }

    public Task<bool> IsWorkingOn(int attempt) => Task.FromResult(_current is { IsStopped: false } current && current.Number == attempt);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_current is not { } attempt)
            return;
        attempt.Stop();
        await ((Task)attempt.Completion).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public void Dispose()
    {
        _current?.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task SignalAsync(CancellationToken cancellationToken)
    {
        if (_signalling || _current is not { IsStopped: false } attempt)
            return;
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
            LogSignalFailed(services.Logger, exception, JobId, stage);
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
            await ReportAsync(attempt, () => Job.StageCompleted(stage, attempt.Number, outcome));
        }
        catch (OperationCanceledException) when (attempt.IsStopped)
        {
            LogStopped(services.Logger, JobId, stage, attempt.Number);
        }
        catch (Exception exception)
        {
            LogFailed(services.Logger, exception, JobId, stage, attempt.Number);
            await ReportAsync(attempt, () => Job.StageFailed(stage, attempt.Number, StageErrors.Describe(exception)));
        }

        if (_current == attempt)
        {
            _current = null;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private async Task ReportAsync(StageAttempt attempt, Func<Task<bool>> report)
    {
        var delay = services.Options.ProgressPeriod;
        while (!attempt.IsStopped)
        {
            try
            {
                _ = await report();
                return;
            }
            catch (Exception exception)
            {
                LogReportFailed(services.Logger, exception, JobId, stage);
            }

            await Task.Delay(delay, services.Clock);
            delay = delay * 2 < LongestRetryDelay ? delay * 2 : LongestRetryDelay;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {JobId}: {Stage} attempt {Attempt} started")]
    private static partial void LogStarted(ILogger logger, string jobId, JobStage stage, int attempt);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {JobId}: {Stage} attempt {Attempt} stopped")]
    private static partial void LogStopped(ILogger logger, string jobId, JobStage stage, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} attempt {Attempt} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, string jobId, JobStage stage, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} could not reach its job; it goes on and tries again")]
    private static partial void LogSignalFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} could not report its end; it tries again")]
    private static partial void LogReportFailed(ILogger logger, Exception exception, string jobId, JobStage stage);
}
