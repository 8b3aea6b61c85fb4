using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace StableVideo.Cluster;

/// <summary>Places a grain on the silo that the caller's placement hint names: the one that holds the slot.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class StagePlacementAttribute() : PlacementAttribute(StagePlacement.Instance);

/// <summary>The strategy behind <see cref="StagePlacementAttribute"/>.</summary>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class StagePlacement : PlacementStrategy
{
    public static StagePlacement Instance { get; } = new();
}

/// <summary>Carries out <see cref="StagePlacement"/>. Without a hint any silo that the filters leave over will do.</summary>
internal sealed class StagePlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (target.RequestContextData is { } data && data.TryGetValue(IPlacementDirector.PlacementHintKey, out var value) && value is SiloAddress hint)
        {
            return silos.Contains(hint)
                ? Task.FromResult(hint)
                : throw new OrleansException($"The silo {hint}, which was to compute {target.GrainIdentity}, is not among those that can: {string.Join(", ", silos)}.");
        }

        return Task.FromResult(silos.Length > 0
            ? silos[Random.Shared.Next(silos.Length)]
            : throw new OrleansException($"No silo that can compute {target.GrainIdentity} is up."));
    }
}
