namespace StableVideo.Storage;

/// <summary>A store from which whoever is given an address can read an artifact directly, for a short time and without being known to it.</summary>
public interface ISignedAddresses
{
    /// <summary>An address of an artifact; <see langword="null"/> when it is not there, is small, or the store is used with rights that do not allow to sign.</summary>
    /// <param name="id">The artifact.</param>
    /// <param name="leastBytes">Smaller ones are not worth another connection.</param>
    /// <param name="lifetime">How long the address is good for.</param>
    /// <param name="contentType">The media type under which it is read.</param>
    /// <param name="fileName">The name under which it is kept by whoever reads it; <see langword="null"/>: it is shown.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    Task<Uri?> SignAsync(ArtifactId id, long leastBytes, TimeSpan lifetime, string contentType, string? fileName, CancellationToken cancellationToken = default);
}
