namespace StableVideo.Diffusion;

/// <summary>A model folder can not be used. The message says which file or setting, and why.</summary>
public sealed class ModelException : Exception
{
    /// <summary>An error without details.</summary>
    public ModelException()
        : base("The model can not be used.")
    {
    }

    /// <summary>An error with a message for the user.</summary>
    public ModelException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message for the user and what caused it.</summary>
    public ModelException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
