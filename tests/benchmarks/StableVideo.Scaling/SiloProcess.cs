using System.Diagnostics;
using System.Globalization;

namespace StableVideo.Scaling;

/// <summary>One silo in a process of its own, and what it logged.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _log;

    public SiloProcess(string name, string folder, params IReadOnlyList<string> arguments)
    {
        _log = Path.Combine(folder, name + ".waits");
        var start = new ProcessStartInfo("dotnet", [typeof(SiloProcess).Assembly.Location, "silo", $"--Silo:Name={name}", $"--Artificial:Log={_log}", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Console.Error.Write(line.Data is null ? "" : $"{name}: {line.Data}\n");
        _process.BeginErrorReadLine();
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The managed heap after a full collection, and all memory of the process, in bytes.</summary>
    public async Task<(long Heap, long Process)> MemoryAsync()
    {
        await _process.StandardInput.WriteLineAsync("memory");
        await _process.StandardInput.FlushAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(' ') is ["memory", var heap, var all])
                return (long.Parse(heap, CultureInfo.InvariantCulture), long.Parse(all, CultureInfo.InvariantCulture));
        }

        throw new InvalidOperationException("The silo ended.");
    }

    /// <summary>Begin and end of every wait so far, in milliseconds since 1970.</summary>
    public List<(long Begin, long End)> Waits()
    {
        using var reader = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var waits = new List<(long, long)>();
        while (reader.ReadLine()?.Split(' ') is [var begin, var end])
            waits.Add((long.Parse(begin, CultureInfo.InvariantCulture), long.Parse(end, CultureInfo.InvariantCulture)));
        waits.Sort();
        return waits;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
