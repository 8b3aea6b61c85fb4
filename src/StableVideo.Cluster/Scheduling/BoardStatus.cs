namespace StableVideo.Cluster;

/// <summary>What the board looks like at one moment.</summary>
/// <param name="Needs">Every need.</param>
/// <param name="Tenants">Tenants that have stages, by name.</param>
/// <param name="Silos">Silos that are up, by name.</param>
internal sealed record BoardStatus(IReadOnlyList<BoardNeed> Needs, IReadOnlyList<BoardTenant> Tenants, IReadOnlyList<BoardSilo> Silos);

/// <summary>Stages that wait with one need.</summary>
/// <param name="Need">The need.</param>
/// <param name="Waiting">How many wait.</param>
/// <param name="OldestWait">How long the one has waited that waits longest; zero when none does.</param>
internal sealed record BoardNeed(SlotNeed Need, int Waiting, TimeSpan OldestWait);

/// <summary>A tenant's stages.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="Waiting">How many wait.</param>
/// <param name="Running">How many hold a slot.</param>
/// <param name="OldestWait">How long the one has waited that waits longest; zero when none does.</param>
/// <param name="Rule">What it may take.</param>
internal sealed record BoardTenant(string Tenant, int Waiting, int Running, TimeSpan OldestWait, TenantRule Rule);

/// <summary>A silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Address of its process.</param>
/// <param name="Roles">What it can compute.</param>
/// <param name="Busy">Slots taken.</param>
/// <param name="Slots">Slots it has.</param>
/// <param name="WarmModels">Models that are loaded or being loaded.</param>
/// <param name="Models">Models it has, loaded or not.</param>
/// <param name="Draining">Whether it takes no more work.</param>
/// <param name="HeardAt">When it last reported.</param>
internal sealed record BoardSilo(
    string Name, string Address, SiloRoles Roles, int Busy, int Slots, IReadOnlyList<string> WarmModels, IReadOnlyList<string> Models, bool Draining, DateTimeOffset HeardAt);
