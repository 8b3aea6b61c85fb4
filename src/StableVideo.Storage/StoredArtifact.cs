namespace StableVideo.Storage;

/// <summary>An artifact as a listing shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="LastUse">
/// When it was last stored or touched, as far as that is on record: at most <see cref="ArtifactStoreOptions.RenewalAge"/> before the last use, never after it.
/// </param>
public sealed record StoredArtifact(ArtifactId Id, long Bytes, DateTimeOffset LastUse);
