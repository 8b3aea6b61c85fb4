namespace StableVideo.Cli.Failures;

/// <summary>Ends a command with one line for the person in front of it and an exit code for the script around it.</summary>
public sealed class CommandException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
    /// <param name="message">What was wrong, where, and what to do; one line.</param>
    /// <param name="cause">What <c>--verbose</c> shows the stack trace of.</param>
    public CommandException(int exitCode, string message, Exception? cause = null)
        : base(message, cause) => Code = exitCode;

    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int Code { get; }

    /// <summary>The command line, the video or the mask can not be used as given.</summary>
    public static CommandException BadInput(string message, Exception? cause = null) => new(ExitCode.BadInput, message, cause);

    /// <summary>The machine lacks something.</summary>
    public static CommandException Environment(string message, Exception? cause = null) => new(ExitCode.Environment, message, cause);

    /// <summary>The image model is missing or not supported.</summary>
    public static CommandException Model(string message, Exception? cause = null) => new(ExitCode.Model, message, cause);
}
