using StableVideo.Cli.Parsing;

namespace StableVideo.Cli.Commands;

internal static class JobRun
{
    public static Task<int> ExecuteAsync(EditArguments arguments, Terminal terminal, CancellationToken cancellationToken)
    {
        StableVideo.Cli.Jobs.Preconditions.Check(arguments);
        return Task.FromResult(0);
    }
}
