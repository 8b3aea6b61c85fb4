using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace StableVideo.Tests.Silo;

/// <summary>A child process whose latest output is kept, for messages of tests that fail.</summary>
internal sealed partial class LoggedProcess : IDisposable
{
    private const int LinesKept = 400;
    private const int SigTerm = 15;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    public LoggedProcess(string program, params IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Output => string.Join('\n', _lines);

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns how long the process took to end.</summary>
    public async Task<TimeSpan> TerminateAsync(TimeSpan patience)
    {
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(0, Signal(_process.Id, SigTerm));
        await _process.WaitForExitAsync().WaitAsync(patience);
        return Stopwatch.GetElapsedTime(start);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        _lines.Enqueue(line.Data);
        if (_lines.Count > LinesKept)
            _lines.TryDequeue(out _);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Signal(int process, int signal);
}
