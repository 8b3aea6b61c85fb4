using System.Globalization;

namespace StableVideo.Cluster;

[GrainType("probe")]
internal sealed class ProbeGrain(StageServices services) : StageGrain(JobStage.Probe, services), IProbeGrain;

[GrainType("decompose"), RolePlacementFilter(SlotNeed.PreferGpu)]
internal sealed class DecomposeGrain(StageServices services) : StageGrain(JobStage.Decompose, services), IDecomposeGrain;

[GrainType("backgroundedit"), RolePlacementFilter(SlotNeed.Gpu)]
internal sealed class BackgroundEditGrain(StageServices services) : StageGrain(JobStage.EditBackground, services), IBackgroundEditGrain;

[GrainType("foregroundedit"), RolePlacementFilter(SlotNeed.Gpu)]
internal sealed class ForegroundEditGrain(StageServices services) : StageGrain(JobStage.EditForeground, services), IForegroundEditGrain;

[GrainType("aggregation"), RolePlacementFilter(SlotNeed.PreferGpu)]
internal sealed class AggregationGrain(StageServices services) : StageGrain(JobStage.Aggregate, services), IAggregationGrain;

[GrainType("compositor"), RolePlacementFilter(SlotNeed.Cpu)]
internal sealed class CompositorGrain(StageServices services) : StageGrain(JobStage.Compose, services), ICompositorGrain;

internal static class StageGrainFactory
{
    /// <summary>The grain that computes an attempt; its key is <c>{job key}#{attempt}</c>.</summary>
    public static IStageGrain GetStageGrain(this IGrainFactory grains, StageTicket ticket)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{ticket.JobId}#{ticket.Attempt}");
        return ticket.Stage switch
        {
            JobStage.Probe => grains.GetGrain<IProbeGrain>(key),
            JobStage.Decompose => grains.GetGrain<IDecomposeGrain>(key),
            JobStage.EditBackground => grains.GetGrain<IBackgroundEditGrain>(key),
            JobStage.EditForeground => grains.GetGrain<IForegroundEditGrain>(key),
            JobStage.Aggregate => grains.GetGrain<IAggregationGrain>(key),
            JobStage.Compose => grains.GetGrain<ICompositorGrain>(key),
            _ => throw new ArgumentOutOfRangeException(nameof(ticket), ticket, "There is no such stage."),
        };
    }

    /// <summary>The attempt that the grain with this key computes.</summary>
    public static StageTicket TicketOf(JobStage stage, string key)
    {
        var mark = key.LastIndexOf('#');
        return new StageTicket(key[..mark], stage, int.Parse(key.AsSpan(mark + 1), CultureInfo.InvariantCulture));
    }
}
