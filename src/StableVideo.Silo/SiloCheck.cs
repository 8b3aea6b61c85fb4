using StableVideo.Hosting;

namespace StableVideo.Silo;

/// <summary>The silo is a member of its cluster.</summary>
internal sealed class SiloCheck(ISiloStatusOracle silos) : IReadinessCheck
{
    public string Name => "silo";

    public Task<string?> FindTroubleAsync(CancellationToken cancellationToken) =>
        Task.FromResult(silos.CurrentStatus == SiloStatus.Active ? null : $"It is {silos.CurrentStatus} in the cluster's membership.");
}
