namespace StableVideo.Onnx;

/// <summary>A tensor file is missing, broken or lacks a tensor. The message names the file and what is wrong.</summary>
public sealed class TensorFileException : Exception
{
    /// <summary>An error without details.</summary>
    public TensorFileException()
        : base("The tensor file can not be read.")
    {
    }

    /// <summary>An error with a message for the user.</summary>
    public TensorFileException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message for the user and what caused it.</summary>
    public TensorFileException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
