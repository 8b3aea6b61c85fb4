namespace StableVideo.Cluster;

/// <summary>A slot that was handed out; from now on it counts as taken.</summary>
/// <param name="Request">Who got it.</param>
/// <param name="Silo">Name of the silo.</param>
/// <param name="Address">Address of the silo's process.</param>
/// <param name="Waited">How long the stage waited for it.</param>
internal sealed record SlotGrant(SlotRequest Request, string Silo, string Address, TimeSpan Waited);

/// <summary>A slot that was given back.</summary>
/// <param name="Request">Who had it.</param>
/// <param name="Silo">Name of the silo.</param>
/// <param name="GrantedAt">When it was handed out.</param>
internal sealed record ReleasedLease(SlotRequest Request, string Silo, DateTimeOffset GrantedAt);
