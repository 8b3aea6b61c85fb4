using System.Diagnostics;

namespace StableVideo.Tests;

/// <summary>A disk in memory, mounted over a folder until it is disposed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Mounts a disk of <paramref name="size"/>, such as <c>2m</c>; skips the running test, with a reason, where that is not allowed.</summary>
    public static SmallDisk Mount(string folder, string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Mounts a small disk in memory, which needs Linux.");
        var (code, error) = Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);
        Assert.SkipUnless(code == 0, $"Mounting a small disk needs root: {error}");
        return new SmallDisk(folder);
    }

    /// <summary>Takes all the room that is left with one file, whose path is returned.</summary>
    public string Fill()
    {
        var path = Path.Combine(_folder, "filler");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            return path;
        }
    }

    public void Resize(string size)
    {
        var (code, error) = Run("mount", "-o", $"remount,size={size}", _folder);
        Assert.True(code == 0, error);
    }

    public void Dispose() => _ = Run("umount", "-l", _folder);

    private static (int Code, string Error) Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Trim());
    }
}
