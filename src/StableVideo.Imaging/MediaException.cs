namespace StableVideo.Imaging;

/// <summary>A picture or video can not be read or written. The message is meant for the user: what was wrong, where, and what to do.</summary>
public sealed class MediaException : Exception
{
    /// <summary>An error with a complete user message.</summary>
    public MediaException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a complete user message and its technical cause.</summary>
    public MediaException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An unspecified media error.</summary>
    public MediaException()
        : base("The media file can not be read or written.")
    {
    }
}
