namespace StableVideo.Cli.Tests;

/// <summary>Runs the command line in this process and keeps what it wrote.</summary>
internal static class Screen
{
    public static async Task<(int Code, string Out, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var terminal = new Terminal(output, error, interactive: false, colour: false);
        var code = await StableVideoApp.RunAsync(args, terminal, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
