namespace StableVideo.Storage;

/// <summary>
/// Keeps artifacts, named by their content and never changed, and small named documents, changed under conditions.
/// </summary>
/// <remarks>
/// Artifacts that nothing names any more are collected some time after their last use. Storing an artifact is a use, <see cref="TouchAsync"/> is the other;
/// reading is none. So whoever writes an id into a document that others rely on has stored or touched the artifact shortly before.
/// <para>
/// Safe for any number of callers, in one process or many. What a returned call has written survives a crash of the process and of the machine;
/// an interrupted call leaves either all of its write or nothing that can be seen.
/// </para>
/// </remarks>
public interface IArtifactStore
{
    /// <summary>
    /// Keeps everything from the current position of <paramref name="content"/> to its end; the same bytes are kept once, and used anew by being stored again.
    /// </summary>
    Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default);

    /// <summary>Keeps <paramref name="content"/>.</summary>
    Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default);

    /// <summary>Whether the store holds <paramref name="id"/>.</summary>
    Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default);

    /// <summary>Uses an artifact without storing it again; <see langword="false"/> when the store does not hold it.</summary>
    Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default);

    /// <summary>All artifacts, in no particular order. One that is stored or deleted meanwhile may be missing or there.</summary>
    IAsyncEnumerable<StoredArtifact> ListArtifactsAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes an artifact whose last use on record lies before <paramref name="unusedSince"/>; <see langword="false"/> when it was used since or is not there.
    /// A use at the same time either prevents the deletion or finds the artifact gone.
    /// </summary>
    /// <param name="id">The artifact.</param>
    /// <param name="unusedSince">At least twice <see cref="ArtifactStoreOptions.RenewalAge"/> ago.</param>
    /// <param name="cancellationToken">Stops before the deletion.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="unusedSince"/> is too close to the present.</exception>
    Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default);

    /// <summary>Opens an artifact for reading from its first byte; the stream can seek. The caller disposes it.</summary>
    /// <exception cref="ArtifactNotFoundException">The store does not hold <paramref name="id"/>.</exception>
    Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives an artifact a path on the local disk, for libraries and programs that want a file name.
    /// A folder store hands out its own bytes (a hard link), any other store a temporary copy. Read only: never write to the path.
    /// </summary>
    /// <param name="id">The artifact.</param>
    /// <param name="extension">What the path must end with, such as <c>.mp4</c>; letters and digits after an optional dot, or empty.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <exception cref="ArtifactNotFoundException">The store does not hold <paramref name="id"/>.</exception>
    Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default);

    /// <summary>Reads a document, or <see langword="null"/> when there is none of that name.</summary>
    /// <param name="name">See <see cref="DocumentName"/>.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Writes a whole document if <paramref name="condition"/> holds, and returns its new tag. Every write, even of the same bytes, makes a new tag and time.</summary>
    /// <exception cref="PreconditionFailedException">The document's present state is not the one asked for; nothing was written.</exception>
    Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default);

    /// <summary>Deletes a document if <paramref name="condition"/> holds; <see langword="false"/> when there was none (allowed only under <see cref="WriteCondition.Any"/>).</summary>
    /// <exception cref="PreconditionFailedException">The document's present state is not the one asked for; nothing was deleted.</exception>
    Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default);

    /// <summary>Names of all documents that start with <paramref name="prefix"/> (empty: all), in ordinal order.</summary>
    IAsyncEnumerable<string> ListDocumentsAsync(string prefix, CancellationToken cancellationToken = default);
}
