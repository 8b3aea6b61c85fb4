namespace StableVideo.Cluster;

/// <summary>A silo as the scheduler knows it.</summary>
internal sealed class KnownSilo(string name)
{
    private readonly SortedSet<string> _warm = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>Empty as long as the silo itself has not reported.</summary>
    public string Address { get; set; } = "";

    /// <summary>The address of the process before this one, whose late reports count no more.</summary>
    public string? PreviousAddress { get; set; }

    public SiloRoles Roles { get; set; }

    public int Slots { get; set; }

    public bool Draining { get; set; }

    /// <summary>Models it has, loaded or not.</summary>
    public IReadOnlyList<string> Models { get; set; } = [];

    public DateTimeOffset HeardAt { get; set; }

    public Dictionary<StageTicket, StageLease> Leases { get; } = [];

    /// <summary>Attempts it reports that hold no lease here, such as those granted by an earlier scheduler. They take slots too.</summary>
    public HashSet<StageTicket> Unknown { get; } = [];

    public int Busy => Leases.Count + Unknown.Count;

    public int Free => Draining ? 0 : Math.Max(0, Slots - Busy);

    public bool TakesWork => !Draining && Slots > 0;

    /// <summary>Models that are loaded, or are being loaded by a stage that got a slot.</summary>
    public IReadOnlyCollection<string> Warm => _warm;

    /// <summary>Names the set of <see cref="Warm"/> models.</summary>
    public string WarmKey { get; private set; } = "";

    /// <summary>Where it stands among the free silos; <see langword="null"/> when it is not there.</summary>
    public WarmGroup? Group { get; set; }

    public void SetWarm(IEnumerable<string> models)
    {
        _warm.Clear();
        _warm.UnionWith(models);
        WarmKey = string.Join('\n', _warm);
    }

    public void AddWarm(string model)
    {
        if (_warm.Add(model))
            WarmKey = string.Join('\n', _warm);
    }
}
