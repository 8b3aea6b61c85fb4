using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace StableVideo.Cluster;

/// <summary>
/// Hands the slots of a pool of silos to stages; the key names the pool. What it knows is soft: after a restart silos report to it and jobs
/// ask it again. All calls may be repeated.
/// </summary>
[Alias("StableVideo.ISchedulerGrain"), Version(1)]
public interface ISchedulerGrain : IGrainWithStringKey
{
    /// <summary>The pool of all silos that are not told otherwise.</summary>
    const string DefaultPool = "default";

    /// <summary>Answer of <see cref="Request"/> to a stage that is not queued, because its very result is being computed for another job: look for it, and ask again.</summary>
    const string Twin = "the same is being computed for another job, whose result will be taken";

    /// <summary>Whether another job may be submitted.</summary>
    /// <exception cref="QueueFullException">As many stages wait as may.</exception>
    [Alias("Admit"), AlwaysInterleave]
    Task Admit();

    /// <summary>
    /// Queues a stage, which is told through <see cref="IStageReports.SlotGranted"/>; the same again changes nothing, a newer attempt takes the
    /// place of an older one.
    /// </summary>
    /// <returns>Why it waits, in a sentence.</returns>
    [Alias("Request"), AlwaysInterleave]
    Task<string> Request(SlotRequest request);

    /// <summary>A stage holds a slot on <paramref name="silo"/>, says its job after a restart of either.</summary>
    [Alias("Hold"), AlwaysInterleave]
    Task Hold(SlotRequest request, string silo);

    /// <summary>Gives a slot or a place in the queue back.</summary>
    /// <param name="ticket">Who held it.</param>
    /// <param name="seconds">How long the computation took, if it was completed: the scheduler learns from it.</param>
    [Alias("Release"), AlwaysInterleave]
    Task Release(StageTicket ticket, double? seconds = null);

    /// <summary>A silo's sign of life.</summary>
    [Alias("Report"), AlwaysInterleave]
    Task Report(SiloReport report);

    /// <summary>Queue and silos at this moment.</summary>
    [Alias("GetStatus"), AlwaysInterleave]
    Task<PoolStatus> GetStatus();
}
