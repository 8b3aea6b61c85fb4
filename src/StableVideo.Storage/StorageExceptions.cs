namespace StableVideo.Storage;

/// <summary>A document was not in the state that a conditional write or delete asked for. Read it again, then decide.</summary>
public sealed class PreconditionFailedException : Exception
{
    /// <summary>Describes the refused write.</summary>
    /// <param name="name">The document.</param>
    /// <param name="condition">What was asked for.</param>
    /// <param name="current">What is there (<see langword="null"/>: nothing, or unknown).</param>
    /// <param name="innerException">The store's own error, if any.</param>
    public PreconditionFailedException(string name, WriteCondition condition, ETag? current, Exception? innerException = null)
        : base($"Document '{name}' {condition}, but it {(current is { } etag ? $"has ETag {etag}" : "is absent or has another one")}. Read it again before writing.", innerException)
    {
        Name = name;
        Condition = condition;
        Current = current;
    }

    /// <summary>The document.</summary>
    public string Name { get; }

    /// <summary>What was asked for.</summary>
    public WriteCondition Condition { get; }

    /// <summary>The version found, if known.</summary>
    public ETag? Current { get; }
}

/// <summary>The store does not hold an artifact.</summary>
public sealed class ArtifactNotFoundException : Exception
{
    /// <summary>Describes the missing artifact.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="innerException">The store's own error, if any.</param>
    public ArtifactNotFoundException(ArtifactId id, Exception? innerException = null)
        : base($"Artifact {id} is not in the store. It was never stored there, or has been removed since.", innerException) => Id = id;

    /// <summary>The artifact.</summary>
    public ArtifactId Id { get; }
}
