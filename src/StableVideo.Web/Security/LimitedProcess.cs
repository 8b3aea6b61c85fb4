using System.Diagnostics;
using System.Text;

namespace StableVideo.Web.Security;

/// <summary>Runs a program that is given files of strangers: little memory, little time, no secrets in its environment, and its words cut off.</summary>
internal static class LimitedProcess
{
    private const int MostWords = 16 << 10;

    /// <summary>How a program ended.</summary>
    /// <param name="Succeeded">Whether it ended by itself and with success.</param>
    /// <param name="TimedOut">Whether it was killed because its time was over.</param>
    /// <param name="Output">The beginning of what it wrote.</param>
    /// <param name="Error">The beginning of what it complained of.</param>
    public sealed record Ending(bool Succeeded, bool TimedOut, string Output, string Error);

    /// <param name="time">Wall-clock and processor time.</param>
    /// <param name="megabytes">Address space in MiB.</param>
    /// <param name="program">The program; found on the PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public static async Task<Ending> RunAsync(TimeSpan time, int megabytes, string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        // The shell sets limits that its child can not raise, then becomes the child.
        var script = $"ulimit -v {megabytes * 1024L}; ulimit -t {(int)Math.Ceiling(time.TotalSeconds)}; ulimit -c 0; exec \"$0\" \"$@\"";
        var start = new ProcessStartInfo("/bin/sh", ["-c", script, program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(time);
        var output = ReadAsync(process.StandardOutput);
        var error = ReadAsync(process.StandardError);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            return new Ending(false, true, await output, await error);
        }

        return new Ending(process.ExitCode == 0, false, await output, await error);
    }

    /// <summary>Reads to the end, so that the program never waits, and keeps the beginning.</summary>
    private static async Task<string> ReadAsync(StreamReader reader)
    {
        var words = new StringBuilder();
        var buffer = new char[4096];
        for (int read; (read = await reader.ReadAsync(buffer)) > 0;)
        {
            if (words.Length < MostWords)
                words.Append(buffer, 0, Math.Min(read, MostWords - words.Length));
        }

        return words.ToString();
    }
}
