using Microsoft.Extensions.Logging;

namespace StableVideo.Cluster;

/// <summary>What the job asks of the scheduler.</summary>
internal sealed partial class VideoJobGrain
{
    private ISchedulerGrain Scheduler => GrainFactory.GetGrain<ISchedulerGrain>(_options.Pool);

    private async Task RequestAsync(StageEntry stage, StageWatch watch)
    {
        try
        {
            if (watch.HasTwin && await FindAsync(stage) is { } outcome)
            {
                _ = await StageCompleted(stage.Stage, stage.Attempt, outcome);
                return;
            }

            watch.Message = await Scheduler.Request(Document.RequestOf(stage, Id));
            watch.HasTwin = watch.Message == ISchedulerGrain.Twin;
        }
        catch (Exception exception)
        {
            watch.Message = $"waiting for the scheduler: {exception.Message}";
            LogRequestFailed(logger, exception, Id, stage.Stage);
        }

        Publish();
    }

    private async Task HoldAsync(StageEntry stage)
    {
        if (!NeedsSlot(stage) || stage.Silo is null)
            return;
        try
        {
            await Scheduler.Hold(Document.RequestOf(stage, Id), stage.Silo);
        }
        catch (Exception exception)
        {
            LogRequestFailed(logger, exception, Id, stage.Stage);
        }
    }

    /// <summary>Gives a slot or a place in the queue back, without waiting. If the call is lost, the silo's next report says the same.</summary>
    private void Release(JobStage stage, int attempt, double? seconds = null)
    {
        if (stage != JobStage.Probe)
            _ = ReleaseAsync(new StageTicket(Id, stage, attempt), seconds);
    }

    private async Task ReleaseAsync(StageTicket ticket, double? seconds)
    {
        try
        {
            await Scheduler.Release(ticket, seconds);
        }
        catch (Exception exception)
        {
            LogReleaseFailed(logger, exception, ticket);
        }
    }

    private static bool NeedsSlot(StageEntry stage) => stage.Stage != JobStage.Probe;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: the scheduler could not be asked for {Stage}; it is asked again")]
    private static partial void LogRequestFailed(ILogger logger, Exception exception, string jobId, JobStage stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Ticket} could not be given back to the scheduler")]
    private static partial void LogReleaseFailed(ILogger logger, Exception exception, StageTicket ticket);
}
