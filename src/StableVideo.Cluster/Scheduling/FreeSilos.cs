namespace StableVideo.Cluster;

/// <summary>The silos of one kind that have free slots. A silo must not change while it is in here.</summary>
internal sealed class FreeSilos(bool affinity)
{
    private readonly Dictionary<string, WarmGroup> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _warm = new(StringComparer.Ordinal);

    /// <summary>Free slots of all silos in here.</summary>
    public int Slots { get; private set; }

    public void Add(KnownSilo silo)
    {
        var key = affinity ? silo.WarmKey : "";
        if (!_groups.TryGetValue(key, out var group))
            _groups[key] = group = new WarmGroup(key, affinity ? [.. silo.Warm] : []);
        group.Silos.Add(silo);
        silo.Group = group;
        Slots += silo.Free;
        foreach (var model in group.Models)
            _warm[model] = _warm.GetValueOrDefault(model) + 1;
    }

    public void Remove(KnownSilo silo)
    {
        var group = silo.Group!;
        group.Silos.Remove(silo);
        silo.Group = null;
        Slots -= silo.Free;
        if (group.Silos.Count == 0)
            _groups.Remove(group.Key);
        foreach (var model in group.Models)
        {
            if (--_warm[model] == 0)
                _warm.Remove(model);
        }
    }

    public bool IsWarm(string model) => _warm.ContainsKey(model);

    /// <summary>
    /// The silo for a stage: one that has the model loaded if there is one, and of those left the one whose loss hurts least, because the fewest
    /// waiting stages want what it has loaded.
    /// </summary>
    /// <param name="model">The stage's model, if it has one.</param>
    /// <param name="wanted">How many waiting stages want a model.</param>
    public KnownSilo Pick(string? model, IReadOnlyDictionary<string, int> wanted)
    {
        var warmOnly = model is not null && IsWarm(model);
        KnownSilo? best = null;
        var least = long.MaxValue;
        foreach (var group in _groups.Values)
        {
            if (warmOnly && !group.Models.Contains(model!))
                continue;
            var loss = 0L;
            foreach (var other in group.Models)
                loss += other == model ? 0 : wanted.GetValueOrDefault(other);
            var silo = group.Silos.Min!;
            if (best is null || loss < least || (loss == least && WarmGroup.MostFree.Compare(silo, best) < 0))
                (best, least) = (silo, loss);
        }

        return best ?? throw new InvalidOperationException("No silo of this kind has a free slot.");
    }
}
