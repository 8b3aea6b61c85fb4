namespace StableVideo.Onnx;

/// <summary>A network could not be opened or run. The message says which and why.</summary>
public sealed class NetworkException : Exception
{
    /// <summary>An error without details.</summary>
    public NetworkException()
        : base("The network can not be run.")
    {
    }

    /// <summary>An error with a message for the user.</summary>
    public NetworkException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message for the user and what caused it.</summary>
    public NetworkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
