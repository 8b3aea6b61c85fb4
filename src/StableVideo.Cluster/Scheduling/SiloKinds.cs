namespace StableVideo.Cluster;

/// <summary>
/// The kinds of silos: those with the same roles. Silos with one role come first, so that the slots that anybody could use are kept for last.
/// </summary>
internal static class SiloKinds
{
    public static IReadOnlyList<SiloRoles> All { get; } = [SiloRoles.Gpu, SiloRoles.Cpu, SiloRoles.Gpu | SiloRoles.Cpu];

    public static int IndexOf(SiloRoles roles) => roles switch
    {
        SiloRoles.Gpu => 0,
        SiloRoles.Cpu => 1,
        SiloRoles.Gpu | SiloRoles.Cpu => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(roles), roles, "Silos without a role have no slots to hand out."),
    };
}
