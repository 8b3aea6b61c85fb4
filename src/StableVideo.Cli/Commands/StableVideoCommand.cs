using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace StableVideo.Cli.Commands;

/// <summary>The command <c>stablevideo</c> and what is below it.</summary>
internal sealed class StableVideoCommand : RootCommand
{
    /// <summary>Builds the whole command line.</summary>
    /// <param name="terminal">Where the commands write.</param>
    public StableVideoCommand(Terminal terminal)
        : base("Edits videos by text so that the edit sticks to the moving object and does not flicker.")
    {
        Add(new EditCommand(terminal));
        Add(new AtlasCommand(terminal));
        Add(new UpCommand(terminal));
        Add(new SubmitCommand(terminal));
        Add(new WatchCommand(terminal));
        Add(new ListCommand(terminal));
        Add(new FetchCommand(terminal));
        Add(ChangeCommand.Cancel(terminal));
        Add(ChangeCommand.Retry(terminal));
        Add(new QueueCommand(terminal));
        Add(new KeysCommand(terminal));
        Add(new SampleCommand(terminal));
        Add(new DoctorCommand(terminal));
        Add(new ModelsCommand(terminal));
        Add(new CleanCommand(terminal));
        Add(new Option<bool>("--verbose") { Description = "Show the stack trace of an error.", Recursive = true });
        foreach (var option in Options.OfType<HelpOption>()) option.Action = new HelpWithExitCodes((HelpAction)option.Action!);
    }

    private sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(ExitCode.Table);
            return code;
        }
    }
}
