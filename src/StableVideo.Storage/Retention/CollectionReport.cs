namespace StableVideo.Storage;

/// <summary>What a collection kept and deleted, or would have.</summary>
public sealed class CollectionReport
{
    private readonly Dictionary<RetentionKind, KindReport> _kinds = Enum.GetValues<RetentionKind>().ToDictionary(kind => kind, _ => new KindReport());

    /// <summary>The same by kind. An artifact that several documents name counts for one of them.</summary>
    public IReadOnlyDictionary<RetentionKind, KindReport> Kinds => _kinds;

    /// <summary>All kinds together.</summary>
    public KindReport Total => _kinds.Values.Aggregate(new KindReport(), (sum, kind) => sum + kind);

    internal void CountDocument(RetentionKind kind, bool deleted) =>
        _kinds[kind] += deleted ? new KindReport { DocumentsDeleted = 1 } : new KindReport { DocumentsKept = 1 };

    internal void CountArtifact(RetentionKind kind, long bytes, bool deleted) => _kinds[kind] += deleted
        ? new KindReport { ArtifactsDeleted = 1, BytesFreed = bytes }
        : new KindReport { ArtifactsKept = 1, BytesKept = bytes };
}

/// <summary>What was kept and deleted of one kind.</summary>
public sealed record KindReport
{
    /// <summary>Documents kept.</summary>
    public long DocumentsKept { get; init; }

    /// <summary>Documents deleted.</summary>
    public long DocumentsDeleted { get; init; }

    /// <summary>Artifacts kept.</summary>
    public long ArtifactsKept { get; init; }

    /// <summary>Artifacts deleted.</summary>
    public long ArtifactsDeleted { get; init; }

    /// <summary>Bytes of the artifacts kept.</summary>
    public long BytesKept { get; init; }

    /// <summary>Bytes of the artifacts deleted.</summary>
    public long BytesFreed { get; init; }

    /// <summary>Both together.</summary>
    public static KindReport operator +(KindReport one, KindReport other) => new()
    {
        DocumentsKept = one.DocumentsKept + other.DocumentsKept,
        DocumentsDeleted = one.DocumentsDeleted + other.DocumentsDeleted,
        ArtifactsKept = one.ArtifactsKept + other.ArtifactsKept,
        ArtifactsDeleted = one.ArtifactsDeleted + other.ArtifactsDeleted,
        BytesKept = one.BytesKept + other.BytesKept,
        BytesFreed = one.BytesFreed + other.BytesFreed,
    };
}
