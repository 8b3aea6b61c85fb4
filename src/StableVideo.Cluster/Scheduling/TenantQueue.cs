namespace StableVideo.Cluster;

/// <summary>A tenant's stages: those that wait, by need, and how many hold a slot.</summary>
internal sealed class TenantQueue
{
    private readonly SortedSet<WaitingStage>[] _waiting = [.. SlotNeeds.All.Select(_ => new SortedSet<WaitingStage>(WaitingStage.ByRank))];
    private readonly QueuePlaces[] _places;

    public TenantQueue(string name, TenantRule rule)
    {
        (Name, Rule) = (name, rule);
        _places = [.. SlotNeeds.All.Select(need => new QueuePlaces(this, need))];
    }

    public string Name { get; }

    public TenantRule Rule { get; }

    public int Running { get; set; }

    public int Waiting { get; private set; }

    /// <summary>How often a stage came or went.</summary>
    public int Changes { get; private set; }

    /// <summary>How many more stages it may start.</summary>
    public int Headroom => Rule.MaxRunning is { } most ? Math.Max(0, most - Running) : int.MaxValue;

    /// <summary>How many stages that need a GPU it could start now if there were slots.</summary>
    public int GpuEligible => Math.Min(this[SlotNeed.Gpu].Count, Headroom);

    /// <summary>Its virtual start time in each kind of silos, and whether it stands in line there: kept by <see cref="FairShare"/>.</summary>
    public FairTag[] Tags { get; } = [.. SiloKinds.All.Select(_ => new FairTag())];

    /// <summary>Those who wait with a need, best first.</summary>
    public SortedSet<WaitingStage> this[SlotNeed need] => _waiting[(int)need];

    public IEnumerable<WaitingStage> All => _waiting.SelectMany(stages => stages);

    /// <summary>Whether one of its stages with this need could start now if there were a slot.</summary>
    public bool CanUse(SlotNeed need) => Headroom > 0 && this[need].Count > 0;

    /// <summary>What goes before a stage that waits, among the tenant's own.</summary>
    public QueuePlace PlaceOf(WaitingStage stage, DateTimeOffset now) => _places[(int)stage.Request.Need].Of(stage, now);

    public void Add(WaitingStage stage)
    {
        this[stage.Request.Need].Add(stage);
        (Waiting, Changes) = (Waiting + 1, Changes + 1);
    }

    public void Remove(WaitingStage stage)
    {
        this[stage.Request.Need].Remove(stage);
        (Waiting, Changes) = (Waiting - 1, Changes + 1);
    }
}
