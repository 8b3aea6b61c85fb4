using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;

namespace StableVideo.Cluster;

/// <summary>How the job takes its stages forward and watches over them.</summary>
internal sealed partial class VideoJobGrain
{
    /// <summary>How often a job that only waits for slots asks for news: seldom, unless somebody watches it.</summary>
    private static readonly TimeSpan IdlePeriod = TimeSpan.FromSeconds(30);

    private IGrainTimer? _timer;
    private TimeSpan _period;

    /// <summary>Whether something may happen that nobody but this grain would notice.</summary>
    private bool MustStayAwake => Document.Stages.Exists(stage => stage.State == StageState.Running || stage.NotBefore is not null || (stage.IsActive && (!NeedsSlot(stage) || _watches.GetValueOrDefault(stage.Stage) is { HasTwin: true })));

    private void LookAfterStagesNow() => LookAfterStages(atOnce: true);

    /// <summary>
    /// Sets the timer: short and keeping the grain in memory while stages are computed, long while they only wait, since the scheduler wakes a
    /// job that has left memory.
    /// </summary>
    private void LookAfterStages(bool atOnce = false)
    {
        if (Document.HasEnded)
        {
            StopLookingAfterStages();
            return;
        }

        var period = MustStayAwake || _watchers > 0 ? _options.HeartbeatPeriod : IdlePeriod;
        if (_timer is not null && period == _period)
        {
            if (atOnce)
                _timer.Change(TimeSpan.Zero, period);
            return;
        }

        _timer?.Dispose();
        _period = period;
        _timer = this.RegisterGrainTimer(
            LookAfterStagesAsync,
            new GrainTimerCreationOptions(atOnce ? TimeSpan.Zero : period, period) { KeepAlive = period != IdlePeriod });
    }

    private void StopLookingAfterStages()
    {
        _timer?.Dispose();
        _timer = null;
        _watches.Clear();
    }

    private async Task LookAfterStagesAsync(CancellationToken cancellationToken)
    {
        await AdvanceAsync();
        foreach (var stage in Document.Active.ToList())
        {
            if (Document.IsCurrent(stage.Stage, stage.Attempt))
                await LookAfterAsync(stage);
        }

        LookAfterStages();
    }

    /// <summary>Queues what can run, persists that, and only then asks for slots: a number of an attempt is never used twice.</summary>
    private async Task AdvanceAsync()
    {
        var changed = false;
        for (var again = true; again;)
        {
            again = false;
            foreach (var stage in Document.Ready(Now()).ToList())
            {
                changed = true;
                if (await FindAsync(stage) is { } outcome)
                {
                    Document.Reuse(stage, outcome, Now());
                    again = true;
                    continue;
                }

                stage.Key = NeedsSlot(stage) ? await KeyAsync(stage) : null;
                Document.Queue(stage, Now());
                _watches[stage.Stage] = new StageWatch(stage.Attempt) { IsOurs = true, LastSeen = clock.GetTimestamp() };
            }
        }

        if (!changed)
            return;
        _ = Document.EndIfComplete(Now());
        await CommitAsync();
    }

    private async Task<string?> KeyAsync(StageEntry stage)
    {
        try
        {
            var upstream = Document.UpstreamOf(stage).ToDictionary(pair => JobMessages.ToKind(pair.Key), pair => JobMessages.ToResult(pair.Value));
            return await executor.KeyAsync(JobMessages.ToKind(stage.Stage), JobMessages.ToInputs(Document.Request!), upstream, CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogFindFailed(logger, exception, Id, stage.Stage);
            return null;
        }
    }

    /// <summary>An earlier result, so that nothing waits for a slot only to find one.</summary>
    private async Task<StageOutcome?> FindAsync(StageEntry stage)
    {
        try
        {
            var inputs = JobMessages.ToInputs(Document.Request!);
            var upstream = Document.UpstreamOf(stage).ToDictionary(pair => JobMessages.ToKind(pair.Key), pair => JobMessages.ToResult(pair.Value));
            var found = await executor.FindAsync(Key.Tenant, JobMessages.ToKind(stage.Stage), inputs, upstream, CancellationToken.None);
            return found is null ? null : JobMessages.ToOutcome(found, reused: true);
        }
        catch (Exception exception)
        {
            // The stage itself meets the same trouble, if it lasts, and reports it.
            LogFindFailed(logger, exception, Id, stage.Stage);
            return null;
        }
    }

    private Task LookAfterAsync(StageEntry stage)
    {
        var watch = WatchOf(stage);
        if (stage.State == StageState.Queued && NeedsSlot(stage))
            return RequestAsync(stage, watch);
        if (watch is { IsHandedOut: false, IsOurs: true })
            return IsOverdue(watch) ? RestartAsync(stage, $"its silo could not be reached for {_options.LeaseDuration.TotalSeconds:0} s.") : HandOutAsync(stage);
        return !watch.IsHandedOut || IsOverdue(watch) ? AskAsync(stage, watch) : Task.CompletedTask;
    }

    private async Task HandOutAsync(StageEntry stage)
    {
        var watch = WatchOf(stage);
        try
        {
            if (stage.SiloAddress is { } address)
                RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(address));
            await StageGrainOf(stage).Start(Document.AssignmentOf(stage));
            watch.IsHandedOut = true;
            watch.LastSeen = clock.GetTimestamp();
        }
        catch (Exception exception)
        {
            watch.Message = $"waiting for {stage.Silo ?? "a silo"}: {exception.Message}";
            LogHandOutFailed(logger, exception, Id, stage.Stage);
            Publish();
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
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
            works = await StageGrainOf(stage).IsAtWork();
        }
        catch (Exception exception)
        {
            LogAskFailed(logger, exception, Id, stage.Stage);
            if (IsOverdue(watch))
                await RestartAsync(stage, $"it gave no sign of life for {_options.LeaseDuration.TotalSeconds:0} s.");
            return;
        }

        if (!works && stage.SiloAddress is not null)
        {
            // The slot may never have been used: this grain was moved before it could hand the stage out. If the process that held it ended,
            // it can not be handed out there again, and counts as lost.
            (watch.IsOurs, watch.IsHandedOut) = (true, false);
            await HandOutAsync(stage);
            return;
        }

        if (!works)
        {
            await RestartAsync(stage, "the process that computed it ended.");
            return;
        }

        (watch.IsHandedOut, watch.LastSeen) = (true, clock.GetTimestamp());
        await HoldAsync(stage);
    }

    private async Task<bool> IsAtWorkAsync(StageEntry stage)
    {
        try
        {
            if (!await StageGrainOf(stage).IsAtWork().WaitAsync(2 * _options.HeartbeatPeriod, clock))
                return false;
            var watch = WatchOf(stage);
            (watch.IsHandedOut, watch.LastSeen) = (true, clock.GetTimestamp());
            return true;
        }
        catch (Exception exception)
        {
            LogAskFailed(logger, exception, Id, stage.Stage);
            return false;
        }
    }

    private async Task RestartAsync(StageEntry stage, string reason)
    {
        var attempt = stage.Attempt;
        LogStageLost(logger, Id, stage.Stage, attempt, reason);
        instruments.StageLost(stage.Stage);
        stage.LostAt ??= Now() - clock.GetElapsedTime(WatchOf(stage).LastSeen);
        var others = Document.Active.Where(entry => entry != stage).ToList();
        Document.Lost(stage, reason, _options.LossesAllowed, Now());
        await CommitAsync();
        Release(stage.Stage, attempt);
        if (Document.HasEnded)
            await StopAsync(others);
        else
            LookAfterStagesNow();
    }

    /// <summary>Tells stages to stop. One that can not be reached learns it from the answer to its next sign of life.</summary>
    private Task StopAsync(IReadOnlyList<StageEntry> stages) => Task.WhenAll(stages.Select(async stage =>
    {
        Release(stage.Stage, stage.Attempt);
        if (stage.SiloAddress is null && NeedsSlot(stage))
            return;
        try
        {
            await StageGrainOf(stage).Stop();
        }
        catch (Exception exception)
        {
            LogStopFailed(logger, exception, Id, stage.Stage);
        }
    }));

    private IStageGrain StageGrainOf(StageEntry stage) => GrainFactory.GetStageGrain(new StageTicket(Id, stage.Stage, stage.Attempt));

    private StageWatch WatchOf(StageEntry stage)
    {
        if (!_watches.TryGetValue(stage.Stage, out var watch) || watch.Attempt != stage.Attempt)
            _watches[stage.Stage] = watch = new StageWatch(stage.Attempt) { LastSeen = clock.GetTimestamp() };
        return watch;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} could not be handed out; it is tried again")]
    private static partial void LogHandOutFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Job {JobId}: no earlier result of {Stage} could be looked for")]
    private static partial void LogFindFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} does not answer")]
    private static partial void LogAskFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Stage} could not be told to stop")]
    private static partial void LogStopFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: {Stage} attempt {Attempt} was lost: {Reason}")]
    private static partial void LogStageLost(ILogger logger, string jobId, JobStage stage, int attempt, string reason);
}
