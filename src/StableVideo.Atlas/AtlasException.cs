namespace StableVideo.Atlas;

/// <summary>A clip, mask or artifact that can not be decomposed or read; the message says what was wrong, where, and what to do.</summary>
public sealed class AtlasException : Exception
{
    /// <summary>An error without a message.</summary>
    public AtlasException()
    {
    }

    /// <summary>An error with the message a user reads.</summary>
    public AtlasException(string message)
        : base(message)
    {
    }

    /// <summary>An error with the message a user reads and its cause.</summary>
    public AtlasException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
