namespace StableVideo.Storage;

/// <summary>Names one version of a document; opaque, unequal for any two writes.</summary>
/// <param name="Value">The store's own text.</param>
public readonly record struct ETag(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value ?? string.Empty;
}

/// <summary>A document as it was read.</summary>
/// <param name="Name">The name asked for.</param>
/// <param name="Content">All its bytes.</param>
/// <param name="ETag">The version read, for a later <see cref="WriteCondition.Matches"/>.</param>
/// <param name="WrittenAt">When this version was written, to the second.</param>
public sealed record NamedDocument(string Name, ReadOnlyMemory<byte> Content, ETag ETag, DateTimeOffset WrittenAt);

/// <summary>What must be true of a document for a write or delete to happen.</summary>
public readonly record struct WriteCondition
{
    private WriteCondition(bool mustNotExist, ETag? expected) => (RequiresAbsence, Expected) = (mustNotExist, expected);

    /// <summary>Write whatever is there.</summary>
    public static WriteCondition Any => default;

    /// <summary>Write only when there is no document of that name.</summary>
    public static WriteCondition MustNotExist => new(true, null);

    /// <summary>Whether the document must be absent.</summary>
    public bool RequiresAbsence { get; }

    /// <summary>The version the document must have, if any.</summary>
    public ETag? Expected { get; }

    /// <summary>Write only over the version named <paramref name="etag"/>.</summary>
    public static WriteCondition Matches(ETag etag) => new(false, etag);

    /// <summary>Whether a document in the state <paramref name="current"/> (<see langword="null"/>: absent) may be written.</summary>
    public bool Allows(ETag? current) => RequiresAbsence ? current is null : Expected is null || Expected == current;

    /// <inheritdoc/>
    public override string ToString() => RequiresAbsence ? "must not exist" : Expected is { } etag ? $"must have ETag {etag}" : "any";
}
