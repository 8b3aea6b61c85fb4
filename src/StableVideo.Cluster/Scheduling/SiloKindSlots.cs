namespace StableVideo.Cluster;

/// <summary>One kind of silos: its free slots, and who is next for them.</summary>
internal sealed class SiloKindSlots(SiloRoles roles, SchedulingRules rules)
{
    public SiloRoles Roles => roles;

    public FreeSilos Free { get; } = new(rules.ModelAffinity);

    public FairShare Share { get; } = new(roles);
}
