using System.Diagnostics;
using System.Runtime.InteropServices;
using StableVideo.Cli.Jobs;
using StableVideo.Diffusion;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Cli.Doctor;

/// <summary>Looks at everything an edit needs, one after another.</summary>
public static class Examination
{
    private const double FairDiskGigabytes = 2;
    private const double FairMemoryGigabytes = 4;

    /// <summary>All findings.</summary>
    public static IEnumerable<Finding> Run()
    {
        yield return new Finding(".NET", Verdict.Good, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture})");
        yield return Ffmpeg();
        yield return OpenCv();
        yield return OnnxRuntime();
        foreach (var model in Models()) yield return model;
        yield return Disk();
        yield return Memory();
        yield return new Finding("processors", Verdict.Good, Environment.ProcessorCount.ToString());
    }

    private static Finding Ffmpeg()
    {
        if (Machine.Find("ffmpeg") is not { } path || Machine.Find("ffprobe") is null) return new Finding("ffmpeg", Verdict.Bad, Machine.FfmpegMissing);
        var version = FirstLine(path, "-hide_banner -version");
        var encoders = Output(path, "-hide_banner -encoders");
        return encoders.Contains("libx264", StringComparison.Ordinal)
            ? new Finding("ffmpeg", Verdict.Good, $"{version.Split(" Copyright")[0]} at {path}")
            : new Finding("ffmpeg", Verdict.Bad, $"{path} can not encode H.264 (no libx264). Install a complete ffmpeg (Debian, Ubuntu: sudo apt-get install ffmpeg).");
    }

    private static Finding OpenCv()
    {
        try
        {
            Edges.Canny(new Raster<byte>(8, 8, 1), 100, 200);
            return new Finding("OpenCV", Verdict.Good, "native library loads");
        }
#pragma warning disable CA1031 // a native library can fail to load in many ways: all of them are the finding
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Finding(
                "OpenCV", Verdict.Bad, $"the native library does not load: {Innermost(exception)}. Install GTK 3 (Debian, Ubuntu: sudo apt-get install libgtk-3-0, newer releases libgtk-3-0t64).");
        }
    }

    private static Finding OnnxRuntime()
    {
        try
        {
            return new Finding("ONNX Runtime", Verdict.Good, $"{RuntimeInfo.Version}, providers: {string.Join(", ", RuntimeInfo.Providers)}");
        }
#pragma warning disable CA1031 // as above
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new Finding("ONNX Runtime", Verdict.Bad, $"the native library does not load: {Innermost(exception)}");
        }
    }

    private static IEnumerable<Finding> Models()
    {
        IReadOnlyList<ImageModelInfo> models;
        string? error = null;
        try
        {
            models = new ModelCatalogue().List();
        }
        catch (ModelException exception)
        {
            (models, error) = ([], exception.Message);
        }

        if (models.Count == 0) yield return new Finding("model", Verdict.Bad, error ?? "no image model is installed; edits need --model FOLDER", ExitCode.Model);
        foreach (var model in models) yield return new Finding("model", Verdict.Good, $"{model.Name}, sha256 {model.Digest}, {model.Folder}");
    }

    private static Finding Disk()
    {
        var folder = Environment.CurrentDirectory;
        var free = new DriveInfo(folder).AvailableFreeSpace / 1e9;
        return new Finding("disk", free < FairDiskGigabytes ? Verdict.Fair : Verdict.Good, $"{free:0.0} GB free at {folder}");
    }

    private static Finding Memory()
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9; // what a container allows, where it is less than the machine has
        return new Finding("memory", total < FairMemoryGigabytes ? Verdict.Fair : Verdict.Good, $"{total:0.0} GB");
    }

    private static string FirstLine(string program, string arguments) => Output(program, arguments).Split('\n')[0].Trim();

    private static string Output(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        _ = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception.Message.Split('\n')[0].Trim();
    }
}
