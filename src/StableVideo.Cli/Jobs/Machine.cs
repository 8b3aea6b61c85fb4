using System.Diagnostics;
using StableVideo.Cli.Failures;

namespace StableVideo.Cli.Jobs;

/// <summary>What the machine offers.</summary>
public static class Machine
{
    /// <summary>What to say when ffmpeg is not there.</summary>
    public const string FfmpegMissing = "ffmpeg was not found on the PATH. Install it (Debian, Ubuntu: sudo apt-get install ffmpeg) and run this again.";

    /// <summary>Full path of a program on the PATH; null when it is not there.</summary>
    public static string? Find(string program)
    {
        var names = OperatingSystem.IsWindows() ? new[] { program + ".exe" } : [program];
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path) return path;
        }

        return null;
    }

    /// <summary>Throws when ffmpeg or ffprobe is not on the PATH.</summary>
    public static void RequireFfmpeg()
    {
        if (Find("ffmpeg") is null || Find("ffprobe") is null) throw CommandException.Environment(FfmpegMissing);
    }

    /// <summary>The largest resident memory of this process so far, in megabytes.</summary>
    public static double PeakMemoryMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return Math.Round(process.PeakWorkingSet64 / 1e6);
    }
}
