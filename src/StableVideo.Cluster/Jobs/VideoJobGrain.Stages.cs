using Microsoft.Extensions.Logging;

namespace StableVideo.Cluster;

internal sealed partial class VideoJobGrain
{
    public async Task<bool> StageAlive(StageSignal signal)
    {
        if (Document.Request is null || !Document.IsCurrent(signal.Stage, signal.Attempt))
            return false;
        var watch = WatchOf(Document[signal.Stage]);
        watch.IsHandedOut = true;
        watch.LastSeen = clock.GetTimestamp();
        (watch.Fraction, watch.Message) = (signal.Fraction, signal.Message);
        if (signal.Running && Document.Started(signal.Stage, signal.Attempt, signal.Silo, Now()))
            await CommitAsync();
        else
            Publish();
        return true;
    }

    public async Task<bool> StageCompleted(JobStage stage, int attempt, StageOutcome outcome)
    {
        if (Document.Request is null || !Document.Completed(stage, attempt, outcome, Now()))
            return false;
        await AdvanceAsync();
        return true;
    }

    public async Task<bool> StageFailed(JobStage stage, int attempt, StageFailure failure)
    {
        if (Document.Request is null)
            return false;
        var others = Document.Active.Where(entry => entry.Stage != stage).ToList();
        if (!Document.Failed(stage, attempt, failure.Message, Now()))
            return false;
        await EndFailedAsync(others);
        return true;
    }

    /// <summary>Queues what can run, persists that, and only then hands it out: a number of an attempt is never used twice.</summary>
    private async Task AdvanceAsync()
    {
        var queued = Document.Advance(Now());
        await CommitAsync();
        if (Document.State == JobState.Completed)
            instruments.JobEnded(JobState.Completed);
        await HandOutAsync(queued);
    }

    private async Task HandOutAsync(IReadOnlyList<StageEntry> queued)
    {
        if (queued.Count == 0)
            return;
        foreach (var stage in queued)
            _watches[stage.Stage] = new StageWatch(stage.Attempt) { IsOurs = true, LastSeen = clock.GetTimestamp() };
        KeepWatch();
        await Task.WhenAll(queued.Select(HandOutAsync));
        Publish();
    }

    private async Task HandOutAsync(StageEntry stage)
    {
        var watch = WatchOf(stage);
        try
        {
            await GrainFactory.GetStageGrain(stage.Stage, Id).Start(Document.AssignmentOf(stage));
            watch.IsHandedOut = true;
            watch.LastSeen = clock.GetTimestamp();
        }
        catch (Exception exception)
        {
            // No silo could take it; the watch tries again.
            watch.Message = $"waiting for a silo: {exception.Message}";
            LogHandOutFailed(logger, exception, Id, stage.Stage);
        }
    }

    private void KeepWatch() => _timer ??= this.RegisterGrainTimer(
        WatchOverStagesAsync,
        new GrainTimerCreationOptions(TimeSpan.Zero, _options.HeartbeatPeriod) { KeepAlive = true });

    private async Task WatchOverStagesAsync(CancellationToken cancellationToken)
    {
        if (Document.Stages.TrueForAll(stage => !stage.IsActive))
            await AdvanceAsync();
        foreach (var stage in Document.Active.ToList())
        {
            var watch = WatchOf(stage);
            if (!watch.IsHandedOut && watch.IsOurs)
                await HandOutAsync(stage);
            else if (!watch.IsHandedOut || IsOverdue(watch))
                await AskAsync(stage, watch);
        }
    }

    private bool IsOverdue(StageWatch watch) => clock.GetElapsedTime(watch.LastSeen) > _options.LeaseDuration;

    /// <summary>
    /// Does anyone still work on the stage? Asked after a restart of this grain, and when signs of life are overdue: a busy machine may only be late.
    /// </summary>
    private async Task AskAsync(StageEntry stage, StageWatch watch)
    {
        bool works;
        try
        {
            works = await GrainFactory.GetStageGrain(stage.Stage, Id).IsWorkingOn(stage.Attempt);
        }
        catch (Exception exception)
        {
            LogAskFailed(logger, exception, Id, stage.Stage);
            if (IsOverdue(watch))
                await RestartAsync(stage, $"it gave no sign of life for {_options.LeaseDuration.TotalSeconds:0} s.");
            return;
        }

        if (works)
            (watch.IsHandedOut, watch.LastSeen) = (true, clock.GetTimestamp());
        else
            await RestartAsync(stage, "the process that computed it ended.");
    }

    private async Task RestartAsync(StageEntry stage, string reason)
    {
        LogStageLost(logger, Id, stage.Stage, stage.Attempt, reason);
        instruments.StageLost(stage.Stage);
        var others = Document.Active.Where(entry => entry != stage).ToList();
        Document.Lost(stage, reason, _options.LossesAllowed, Now());
        if (Document.HasEnded)
        {
            await EndFailedAsync(others);
            return;
        }

        await CommitAsync();
        await HandOutAsync([stage]);
    }

    private async Task EndFailedAsync(IReadOnlyList<StageEntry> others)
    {
        await CommitAsync();
        instruments.JobEnded(JobState.Failed);
        await StopAsync(others);
    }

    /// <summary>Tells stages to stop. One that can not be reached learns it from the answer to its next sign of life.</summary>
    private Task StopAsync(IReadOnlyList<StageEntry> stages) => Task.WhenAll(stages.Select(async stage =>
    {
        try
        {
            await GrainFactory.GetStageGrain(stage.Stage, Id).Stop(stage.Attempt);
        }
        catch (Exception exception)
        {
            LogStopFailed(logger, exception, Id, stage.Stage);
        }
    }));

    private StageWatch WatchOf(StageEntry stage)
    {
        if (!_watches.TryGetValue(stage.Stage, out var watch) || watch.Attempt != stage.Attempt)
            _watches[stage.Stage] = watch = new StageWatch(stage.Attempt) { LastSeen = clock.GetTimestamp() };
        return watch;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} could not be handed out; it is tried again")]
    private static partial void LogHandOutFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} does not answer")]
    private static partial void LogAskFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} could not be told to stop")]
    private static partial void LogStopFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: {Stage} attempt {Attempt} was lost: {Reason}")]
    private static partial void LogStageLost(ILogger logger, string jobId, JobStage stage, int attempt, string reason);
}
