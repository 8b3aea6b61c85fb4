namespace StableVideo.Storage;

/// <summary>
/// A store is down, does not answer, refuses for being busy, or is full. Nothing is wrong with what was asked of it: the same call can succeed later,
/// so wait rather than fail.
/// </summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Names the store and what it does not do.</summary>
    /// <param name="store">The store as a person knows it, such as <c>Blob storage at 127.0.0.1:10000</c>.</param>
    /// <param name="complaint">What is wrong with it, after its name, without a full stop: <c>does not answer: connection refused</c>.</param>
    /// <param name="innerException">The error behind it.</param>
    public StoreUnavailableException(string store, string complaint, Exception? innerException = null)
        : base($"{store} {complaint.TrimEnd('.')}.", innerException) => Store = store;

    /// <summary>The store as a person knows it.</summary>
    public string Store { get; }
}
