namespace StableVideo.Cluster;

/// <summary>Free silos of one kind with the same models loaded: those with the most free slots first.</summary>
internal sealed class WarmGroup(string key, IReadOnlyCollection<string> models)
{
    public static IComparer<KnownSilo> MostFree { get; } = Comparer<KnownSilo>.Create((one, other) =>
        one.Free != other.Free ? other.Free.CompareTo(one.Free) : string.CompareOrdinal(one.Name, other.Name));

    public string Key => key;

    public IReadOnlyCollection<string> Models => models;

    public SortedSet<KnownSilo> Silos { get; } = new(MostFree);
}
