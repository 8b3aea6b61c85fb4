namespace StableVideo.Cluster;

/// <summary>The needs, in the order of their numbers.</summary>
internal static class SlotNeeds
{
    public static IReadOnlyList<SlotNeed> All { get; } = [SlotNeed.Gpu, SlotNeed.PreferGpu, SlotNeed.Cpu];

    /// <summary>Whether a silo with these roles can compute a stage with this need.</summary>
    public static bool CanRun(this SiloRoles roles, SlotNeed need) => need switch
    {
        SlotNeed.Gpu => roles.HasFlag(SiloRoles.Gpu),
        SlotNeed.Cpu => roles.HasFlag(SiloRoles.Cpu),
        _ => (roles & (SiloRoles.Cpu | SiloRoles.Gpu)) != 0,
    };

    /// <summary>The needs that compete with one for slots, itself among them.</summary>
    public static IReadOnlyList<SlotNeed> RivalsOf(SlotNeed need) => need == SlotNeed.PreferGpu ? All : [need, SlotNeed.PreferGpu];
}
