namespace StableVideo.Cluster;

/// <summary>Where a tenant stands in the fair share of one kind of silos.</summary>
internal sealed class FairTag
{
    /// <summary>Virtual time at which its next stage starts, in seconds over weight.</summary>
    public double Start { get; set; }

    /// <summary>In which lines it stands, by need.</summary>
    public bool[] InLine { get; } = new bool[SlotNeeds.All.Count];
}
