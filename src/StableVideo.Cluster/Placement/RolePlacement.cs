using System.Globalization;
using Orleans.Metadata;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace StableVideo.Cluster;

/// <summary>Keeps a grain to silos whose roles satisfy a need.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RolePlacementFilterAttribute(SlotNeed need) : PlacementFilterAttribute(new RolePlacementFilter(need, order: 1));

/// <summary>The strategy behind <see cref="RolePlacementFilterAttribute"/>.</summary>
internal sealed class RolePlacementFilter(SlotNeed need, int order) : PlacementFilterStrategy(order)
{
    private const string NeedKey = "stablevideo-need";

    public RolePlacementFilter()
        : this(SlotNeed.PreferGpu, 1)
    {
    }

    public SlotNeed Need { get; private set; } = need;

    public override void AdditionalInitialize(GrainProperties properties) =>
        Need = Enum.Parse<SlotNeed>(GetPlacementFilterGrainProperty(NeedKey, properties) ?? SlotNeed.PreferGpu.ToString());

    protected override IEnumerable<KeyValuePair<string, string>> GetAdditionalGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, IReadOnlyDictionary<string, string> existingProperties) =>
        [new(NeedKey, Need.ToString())];
}

/// <summary>
/// Reads the roles that silos carry in their metadata. A silo whose metadata has not arrived here yet passes: the scheduler, which hands out the
/// slots, has heard of the role from the silo itself.
/// </summary>
internal sealed class RolePlacementFilterDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        var need = ((RolePlacementFilter)filterStrategy).Need;
        return silos.Where(silo => RoleMetadata.RolesOf(metadata.GetSiloMetadata(silo)) is not { } roles || roles.CanRun(need));
    }
}

/// <summary>Roles in silo metadata: the entry <c>role</c>, such as <c>gpu</c> or <c>cpu, gpu</c>.</summary>
internal static class RoleMetadata
{
    public const string Key = "role";

    public static string ToText(SiloRoles roles) => roles.ToString().ToLower(CultureInfo.InvariantCulture);

    public static SiloRoles? RolesOf(SiloMetadata metadata) =>
        metadata.Metadata.TryGetValue(Key, out var text) && Enum.TryParse<SiloRoles>(text, ignoreCase: true, out var roles) ? roles : null;
}
