namespace StableVideo.Storage;

/// <summary>Using artifacts before naming them.</summary>
public static class ArtifactUse
{
    /// <summary>
    /// Touches all of <paramref name="ids"/> and returns those that the store does not hold. Call it before writing a document that names artifacts which
    /// were not stored just now: what it found is there until the document is written, if that takes less than an hour.
    /// </summary>
    public static async Task<IReadOnlyList<ArtifactId>> TouchAllAsync(this IArtifactStore store, IEnumerable<ArtifactId> ids, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var missing = new List<ArtifactId>();
        foreach (var id in ids.Distinct())
        {
            if (!await store.TouchAsync(id, cancellationToken))
                missing.Add(id);
        }

        return missing;
    }

    /// <summary>
    /// Reads a document in order to rely on it: writes it again, unchanged, when it was written longer than
    /// <see cref="ArtifactStoreOptions.DefaultRenewalAge"/> ago, so that a collection which found it old lets it be. <see langword="null"/>: there is none.
    /// </summary>
    public static async Task<NamedDocument?> ReadAndRenewDocumentAsync(this IArtifactStore store, string name, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        while (await store.ReadDocumentAsync(name, cancellationToken) is { } document)
        {
            if (clock.GetUtcNow() - document.WrittenAt <= ArtifactStoreOptions.DefaultRenewalAge)
                return document;
            try
            {
                await store.WriteDocumentAsync(name, document.Content, WriteCondition.Matches(document.ETag), cancellationToken);
                return document;
            }
            catch (PreconditionFailedException)
            {
                // Collected, or renewed by somebody else: look again.
            }
        }

        return null;
    }
}
