namespace StableVideo.Storage;

/// <summary>Which artifacts are claimed, and which were until now.</summary>
internal sealed class Marks
{
    private readonly Dictionary<ArtifactId, RetentionKind> _kept = [];
    private readonly Dictionary<ArtifactId, RetentionKind> _released = [];

    public void Keep(Claim claim)
    {
        foreach (var id in claim.Artifacts)
            _kept.TryAdd(id, claim.Kind);
    }

    public void Release(Claim claim)
    {
        foreach (var id in claim.Artifacts)
            _released.TryAdd(id, claim.Kind);
    }

    /// <summary>Why an artifact is kept, or <see langword="null"/> when nothing claims it.</summary>
    public RetentionKind? KeptAs(ArtifactId id) => _kept.TryGetValue(id, out var kind) ? kind : null;

    /// <summary>As what an unclaimed artifact was kept before.</summary>
    public RetentionKind ReleasedAs(ArtifactId id) => _released.GetValueOrDefault(id, RetentionKind.Unclaimed);
}
