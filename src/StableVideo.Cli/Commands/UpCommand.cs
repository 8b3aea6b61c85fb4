using System.CommandLine;
using System.Diagnostics;
using StableVideo.Cli.Failures;
using StableVideo.Cli.Jobs;
using StableVideo.Cli.Server;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo up</c>: everything in one process, for a browser and for other commands.</summary>
internal sealed class UpCommand : Command
{
    private readonly Option<int> port = new("--port") { Description = "Port to listen on; 0 for any that is free. [default: 8080]", HelpName = "PORT", DefaultValueFactory = _ => 8080 };
    private readonly Option<string> host = new("--host")
    {
        Description = "Address to listen on. Others than loopback need keys: --set Auth:Mode=Keys. [default: 127.0.0.1]",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<string?> store = JobOptions.Text("--store", "FOLDER", "Where clips, results and jobs are kept. [default: STABLEVIDEO_STORE, or the user's data folder]");
    private readonly Option<string[]> set = new("--set") { Description = "A setting of the server, such as Auth:Mode=Keys. May be given several times.", HelpName = "NAME=VALUE" };
    private readonly Option<bool> open = new("--open") { Description = "Open the page in the browser." };

    /// <summary>Makes the command.</summary>
    public UpCommand(Terminal terminal)
        : base("up", "Serves the studio and the HTTP interface from this machine, and computes here. Ctrl-C stops it; unfinished jobs go on the next time.")
    {
        Option[] options = [port, host, store, set, open];
        foreach (var option in options) Add(option);
        SetAction((parsed, cancellationToken) => RunAsync(
            terminal,
            Url(parsed.GetRequiredValue(host), parsed.GetRequiredValue(port)),
            JobOptions.SharedStoreFolder(parsed.GetValue(store)),
            parsed.GetValue(set) ?? [],
            parsed.GetValue(open),
            cancellationToken));
    }

    private static string Url(string host, int port) => port is >= 0 and <= 65535
        ? $"http://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}"
        : throw CommandException.BadInput($"The port {port} does not exist. Use 0 to 65535.");

    private static async Task<int> RunAsync(Terminal terminal, string url, string store, IReadOnlyList<string> settings, bool open, CancellationToken cancellationToken)
    {
        Preconditions.CheckWritable(store);
        Machine.RequireFfmpeg();
        if (settings.FirstOrDefault(setting => !setting.Contains('=', StringComparison.Ordinal)) is { } wrong)
            throw CommandException.BadInput($"'{wrong}' is not a setting. Write NAME=VALUE, such as Auth:Mode=Keys.");
        await using var server = await UpServer.StartAsync(url, store, [.. settings.Select(setting => $"--{setting}")], cancellationToken);
        terminal.Out.WriteLine($"StableVideo is up at {server.Address.GetLeftPart(UriPartial.Authority)}");
        terminal.Out.WriteLine($"Clips, results and jobs are kept in {store}. Ctrl-C stops.");
        if (open) OpenBrowser(server.Address);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            terminal.Out.WriteLine("Stopping; unfinished jobs go on the next time.");
        }

        return ExitCode.Done;
    }

    private static void OpenBrowser(Uri address)
    {
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(address.ToString()) { UseShellExecute = true });
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            // There is no browser; the address was printed.
        }
    }
}
