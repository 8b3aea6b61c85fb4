using StableVideo.Cluster;

namespace StableVideo.Simulation;

/// <summary>Whoever hands out slots in a simulation.</summary>
internal interface ISlotPool
{
    /// <summary>Stages that wait.</summary>
    int Waiting { get; }

    /// <summary>A stage wants a slot.</summary>
    void Enqueue(SlotRequest request, DateTimeOffset now);

    /// <summary>A stage is complete.</summary>
    void Complete(SlotRequest request, double seconds);

    /// <summary>A silo reports; returns the attempts that are lost.</summary>
    IReadOnlyList<StageTicket> Update(SiloReport report, DateTimeOffset now);

    /// <summary>Returns the attempts that are lost because nothing was heard of them.</summary>
    IReadOnlyList<StageTicket> Expire(DateTimeOffset now, TimeSpan silence);

    /// <summary>Hands out what can be handed out.</summary>
    IReadOnlyList<SlotGrant> Grant(DateTimeOffset now);
}
