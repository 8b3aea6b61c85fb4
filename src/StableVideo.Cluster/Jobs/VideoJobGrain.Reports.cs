namespace StableVideo.Cluster;

/// <summary>What stages and the scheduler tell the job.</summary>
internal sealed partial class VideoJobGrain
{
    public async Task<bool> SlotGranted(StageTicket ticket, SlotOffer offer)
    {
        if (Document.Request is null || !Document.IsCurrent(ticket.Stage, ticket.Attempt))
            return false;
        var stage = Document[ticket.Stage];
        if (!Document.Leased(ticket.Stage, ticket.Attempt, offer, Now()))
            return stage.SiloAddress == offer.Address;
        _watches[ticket.Stage] = new StageWatch(ticket.Attempt) { IsOurs = true, LastSeen = clock.GetTimestamp(), Message = "starting" };
        JobTrace.Waited(Document.Trace, ticket, offer, Now());
        if (stage.LostAt is { } lostAt)
            instruments.StageRecovered(stage.Stage, Now() - lostAt);
        stage.LostAt = null;
        await CommitAsync();
        await HandOutAsync(stage);
        LookAfterStages();
        return true;
    }

    public async Task SlotLost(StageTicket ticket, string reason)
    {
        if (Document.Request is null || !Document.IsCurrent(ticket.Stage, ticket.Attempt))
            return;
        if (WatchOf(Document[ticket.Stage]) is { IsOurs: true, IsHandedOut: false })
            await StageHandedBack(ticket.Stage, ticket.Attempt, reason);
        else
            await RestartAsync(Document[ticket.Stage], reason);
    }

    public async Task SlotSilent(StageTicket ticket, string reason)
    {
        if (Document.Request is null || !Document.IsCurrent(ticket.Stage, ticket.Attempt))
            return;
        var stage = Document[ticket.Stage];
        if (stage.State == StageState.Running && await IsAtWorkAsync(stage))
            await HoldAsync(stage);
        else
            await SlotLost(ticket, reason);
    }

    public async Task<bool> StageAlive(StageSignal signal)
    {
        if (Document.Request is null || !Document.IsCurrent(signal.Stage, signal.Attempt))
            return false;
        var watch = WatchOf(Document[signal.Stage]);
        watch.IsHandedOut = true;
        watch.LastSeen = clock.GetTimestamp();
        (watch.Fraction, watch.Message, watch.Previews) = (signal.Fraction, signal.Message, signal.Previews);
        Document[signal.Stage].Trace = signal.Trace ?? Document[signal.Stage].Trace;
        var started = signal.Running && Document.Started(signal.Stage, signal.Attempt, signal.Silo, Now());
        if (started | Document.Progressed(signal.Stage, signal.Attempt, signal.Fraction, signal.Message, Now()))
            await CommitAsync();
        else
            Publish();
        return true;
    }

    public async Task<bool> StageCompleted(JobStage stage, int attempt, StageOutcome outcome)
    {
        if (Document.Request is null || !Document.Completed(stage, attempt, outcome, Now()))
            return false;
        _ = Document.EndIfComplete(Now());
        await CommitAsync();
        Release(stage, attempt, outcome.Reused ? null : outcome.Seconds);
        LookAfterStagesNow();
        return true;
    }

    public async Task<bool> StageFailed(JobStage stage, int attempt, StageFailure failure)
    {
        if (Document.Request is null || !Document.IsCurrent(stage, attempt))
            return false;
        var others = Document.Active.Where(entry => entry.Stage != stage).ToList();
        if (failure.Kind != FailureKind.Final)
            instruments.StageRetried(stage, failure.Kind);
        _ = failure.Kind == FailureKind.Final || (failure.Kind == FailureKind.StoreUnavailable && !_options.WaitsForStore)
            ? Document.Failed(stage, attempt, failure.Message, Now())
            : Document.FailedForNow(stage, attempt, failure, _options.Retries, Now());
        await CommitAsync();
        Release(stage, attempt);
        if (Document.HasEnded)
            await StopAsync(others);
        LookAfterStages();
        return true;
    }

    public async Task<bool> StageHandedBack(JobStage stage, int attempt, string reason)
    {
        if (Document.Request is null || !Document.HandedBack(stage, attempt, reason, Now()))
            return false;
        instruments.StageHandedBack(stage);
        await CommitAsync();
        Release(stage, attempt);
        LookAfterStagesNow();
        return true;
    }
}
