namespace StableVideo.Simulation;

/// <summary>A tenant and how its jobs come.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Part">Which part of all jobs is its, 0..1; together 1.</param>
/// <param name="BurstSize">Mean number of jobs that come at once; 1: they come one by one.</param>
internal sealed record SimulatedTenant(string Name, double Weight, double Part, int BurstSize)
{
    public static IReadOnlyList<SimulatedTenant> All { get; } =
    [
        new("studio", 4, 0.35, 1),
        new("agency", 2, 0.25, 100),
        new("archive", 1, 0.3, 1500),
        new("guest", 1, 0.1, 1),
    ];
}
