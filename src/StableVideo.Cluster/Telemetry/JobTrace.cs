using System.Diagnostics;

namespace StableVideo.Cluster;

/// <summary>
/// The trace of a job. A job outlives processes and a span does not: the context in which it was submitted is kept with its state, and every attempt, on
/// whichever silo, is a child of it. An attempt that follows another one at the same stage has a link to it.
/// </summary>
internal static class JobTrace
{
    private static readonly ActivitySource Source = new(ClusterInstruments.Name);

    /// <summary>Begins the trace of a job, within that of the request that submitted it; <see langword="null"/> when nobody listens.</summary>
    /// <returns>A W3C <c>traceparent</c>.</returns>
    public static string? Begin(JobKey job)
    {
        using var activity = Source.StartActivity("submit job");
        return Tag(activity, job)?.Id;
    }

    /// <summary>Records that a stage waited for its slot.</summary>
    public static void Waited(string? trace, StageTicket ticket, SlotOffer offer, DateTimeOffset now)
    {
        using var activity = Start($"wait for {ticket.Stage}", trace, now - TimeSpan.FromSeconds(offer.WaitedSeconds));
        Tag(activity, ticket)?.SetTag("stablevideo.silo", offer.Silo).SetEndTime(now.UtcDateTime);
    }

    /// <summary>Begins an attempt at a stage; the caller ends it.</summary>
    /// <param name="ticket">The attempt.</param>
    /// <param name="trace">The job's trace.</param>
    /// <param name="former">The <c>traceparent</c> of the attempt before it.</param>
    /// <param name="silo">Where it is computed.</param>
    public static Activity? StartStage(StageTicket ticket, string? trace, string? former, string silo)
    {
        ActivityLink[]? links = ActivityContext.TryParse(former, null, isRemote: true, out var context) ? [new ActivityLink(context)] : null;
        var activity = Start($"stage {ticket.Stage}", trace, default, links);
        Tag(activity, ticket)?.SetTag("stablevideo.silo", silo);
        return activity;
    }

    /// <summary>Records the whole of a job that has ended.</summary>
    public static void End(JobKey job, JobDocument document)
    {
        using var activity = Start("job", document.Trace, document.SubmittedAt);
        Tag(activity, job)?.SetTag("stablevideo.job.state", document.State.ToString()).SetEndTime(document.EndedAt!.Value.UtcDateTime);
        if (document.State == JobState.Failed)
            activity?.SetStatus(ActivityStatusCode.Error, document.Error);
    }

    private static Activity? Start(string name, string? trace, DateTimeOffset at, IEnumerable<ActivityLink>? links = null) =>
        ActivityContext.TryParse(trace, null, isRemote: true, out var parent) ? Source.StartActivity(name, ActivityKind.Internal, parent, tags: null, links, at) : null;

    private static Activity? Tag(Activity? activity, JobKey job) => activity?.SetTag("stablevideo.job.id", job.Id).SetTag("stablevideo.tenant", job.Tenant);

    private static Activity? Tag(Activity? activity, StageTicket ticket) =>
        activity is null ? null : Tag(activity, JobKey.Parse(ticket.JobId))?.SetTag("stablevideo.stage", ticket.Stage.ToString()).SetTag("stablevideo.attempt", ticket.Attempt);
}
