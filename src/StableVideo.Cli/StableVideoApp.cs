using System.CommandLine;
using System.CommandLine.Invocation;
using StableVideo.Cli.Commands;
using StableVideo.Cli.Failures;
using StableVideo.Cli.Progress;

namespace StableVideo.Cli;

/// <summary>The command line as a function: arguments in, exit code out.</summary>
public static class StableVideoApp
{
    /// <summary>Runs one command.</summary>
    /// <param name="args">The arguments behind the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="cancellationToken">Cancels the command; what is computed so far stays for the next run.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellationToken = default)
    {
        var parsed = new StableVideoCommand(terminal).Parse(args.Length == 0 ? ["--help"] : args);
        var json = args.Contains("--json");
        var verbose = args.Contains("--verbose");
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors.Select(error => error.Message).Distinct())
                Report(terminal, json, new CommandException(ExitCode.BadInput, error));
            terminal.Error.WriteLine($"See: stablevideo {CommandName(parsed)}--help");
            return ExitCode.BadInput;
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
#pragma warning disable CA1031 // the outermost frame: whatever it is becomes one line and an exit code
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var failure = FailureMap.Of(exception, cancellationToken.IsCancellationRequested);
            Report(terminal, json, failure);
            if (verbose) terminal.Error.WriteLine(failure.InnerException ?? failure);
            return failure.Code;
        }
    }

    private static void Report(Terminal terminal, bool json, CommandException failure)
    {
        if (json) terminal.Out.WriteLine(JsonLines.Line(new CommandFailed(failure.Code, failure.Message)));
        terminal.WriteError(failure.Message);
    }

    private static string CommandName(ParseResult parsed) => parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
}
