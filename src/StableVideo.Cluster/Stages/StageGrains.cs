namespace StableVideo.Cluster;

[GrainType("probe")]
internal sealed class ProbeGrain(StageServices services) : StageGrain(JobStage.Probe, services), IProbeGrain;

[GrainType("decompose")]
internal sealed class DecomposeGrain(StageServices services) : StageGrain(JobStage.Decompose, services), IDecomposeGrain;

[GrainType("backgroundedit")]
internal sealed class BackgroundEditGrain(StageServices services) : StageGrain(JobStage.EditBackground, services), IBackgroundEditGrain;

[GrainType("foregroundedit")]
internal sealed class ForegroundEditGrain(StageServices services) : StageGrain(JobStage.EditForeground, services), IForegroundEditGrain;

[GrainType("aggregation")]
internal sealed class AggregationGrain(StageServices services) : StageGrain(JobStage.Aggregate, services), IAggregationGrain;

[GrainType("compositor")]
internal sealed class CompositorGrain(StageServices services) : StageGrain(JobStage.Compose, services), ICompositorGrain;

internal static class StageGrainFactory
{
    /// <summary>The grain that computes <paramref name="stage"/> of job <paramref name="jobId"/>.</summary>
    public static IStageGrain GetStageGrain(this IGrainFactory grains, JobStage stage, string jobId) => stage switch
    {
        JobStage.Probe => grains.GetGrain<IProbeGrain>(jobId),
        JobStage.Decompose => grains.GetGrain<IDecomposeGrain>(jobId),
        JobStage.EditBackground => grains.GetGrain<IBackgroundEditGrain>(jobId),
        JobStage.EditForeground => grains.GetGrain<IForegroundEditGrain>(jobId),
        JobStage.Aggregate => grains.GetGrain<IAggregationGrain>(jobId),
        JobStage.Compose => grains.GetGrain<ICompositorGrain>(jobId),
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "There is no such stage."),
    };
}
