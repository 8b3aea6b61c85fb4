using StableVideo.Cluster;
using StableVideo.Hosting;

namespace StableVideo.Gateway;

/// <summary>A silo answers.</summary>
internal sealed class ClusterCheck(IGrainFactory grains) : IReadinessCheck
{
    public string Name => "cluster";

    public async Task<string?> FindTroubleAsync(CancellationToken cancellationToken)
    {
        _ = await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.DefaultPool).GetStatus().WaitAsync(cancellationToken);
        return null;
    }
}
