using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace StableVideo.EndToEnd.Tests;

/// <summary>What a finished process left behind.</summary>
internal sealed record Finished(int Code, IReadOnlyList<string> Out, string Error)
{
    /// <summary>The lines of <c>--json</c>.</summary>
    public IReadOnlyList<JsonElement> Events { get; } = [.. Out.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The only event of a kind.</summary>
    public JsonElement Event(string kind) => Events.Single(e => e.GetProperty("event").GetString() == kind);

    /// <summary>The end of a stage.</summary>
    public JsonElement Stage(string stage) =>
        Events.Single(e => e.GetProperty("event").GetString() == "stage-finished" && e.GetProperty("stage").GetString() == stage);

    public override string ToString() => $"exit code {Code}\n{string.Join('\n', Out)}\n{Error}";
}

/// <summary>A real process of the command line, as built beside this assembly.</summary>
internal sealed class StableVideoProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly Task<string> error;

    private StableVideoProcess(string folder, IReadOnlyDictionary<string, string> environment, string[] args)
    {
        var start = new ProcessStartInfo(DotNet)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "stablevideo.dll"));
        foreach (var argument in args) start.ArgumentList.Add(argument);
        start.Environment.Remove("STABLEVIDEO_STORE");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = Process.Start(start)!;
        process.StandardInput.Close();
        error = process.StandardError.ReadToEndAsync();
    }

    private static string DotNet =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>Runs to the end in a folder.</summary>
    public static Task<Finished> RunAsync(string folder, params string[] args) => RunAsync(folder, new Dictionary<string, string>(), args);

    /// <summary>Runs to the end in a folder with changed environment variables.</summary>
    public static async Task<Finished> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        using var running = new StableVideoProcess(folder, environment, args);
        return await running.EndAsync();
    }

    /// <summary>Starts and goes on.</summary>
    public static StableVideoProcess Start(string folder, params string[] args) => new(folder, new Dictionary<string, string>(), args);

    /// <summary>Reads output until a line fulfils a condition.</summary>
    public async Task<string> WaitForAsync(Func<string, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            lines.Add(line);
            if (condition(line)) return line;
        }

        Assert.Fail($"The process ended before the line came.\n{await EndAsync()}");
        return "";
    }

    /// <summary>SIGKILL: nothing in the process gets to say a word.</summary>
    public void Kill() => process.Kill();

    /// <summary>
    /// SIGTERM, which is treated like the SIGINT of Ctrl-C: a shell that runs these tests in the background would have made their processes deaf to SIGINT.
    /// </summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<Finished> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line) lines.Add(line);
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The process did not end within {Patience}.\n{string.Join('\n', lines)}\n{await error}");
        }

        return new Finished(process.ExitCode, lines, await error);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
