using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Cli.Failures;

/// <summary>Which exit code and line an exception becomes.</summary>
public static class FailureMap
{
    /// <summary>Translates what ended a command.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="cancelled">True when the user asked to stop: then whatever was thrown is a consequence of that.</param>
    public static CommandException Of(Exception exception, bool cancelled = false) => exception switch
    {
        CommandException failure => failure,
        _ when cancelled => new CommandException(ExitCode.Cancelled, "Cancelled. Run the same command again to continue.", exception),
        EditException or MediaException => CommandException.BadInput(exception.Message, exception),
        ModelException => CommandException.Model(exception.Message, exception),
        DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException } => CommandException.Environment(
            $"A system library could not be loaded: {Root(exception).Message.Split('\n')[0]}. Run \"stablevideo doctor\" to see what is missing.", exception),
        StableVideoException { Status: null or >= 500 or 408 or 429 } => CommandException.Environment(exception.Message, exception),
        StableVideoException refused => CommandException.BadInput(string.Join(' ', refused.Errors.DefaultIfEmpty(refused.Message)), exception),
        JobBusyException or StoreServedException or JobRejectedException => CommandException.BadInput(exception.Message, exception),
        StoreUnavailableException or UnauthorizedAccessException or IOException or InvalidDataException => CommandException.Environment(exception.Message, exception),
        _ => new CommandException(ExitCode.Unexpected, $"{exception.GetType().Name}: {exception.Message} (run again with --verbose for details)", exception),
    };

    private static Exception Root(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception;
    }
}
