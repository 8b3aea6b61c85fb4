using System.Text.RegularExpressions;

namespace StableVideo.Tests.Deploy;

/// <summary>The images can not be built in a test; all that can be looked at without is.</summary>
public sealed partial class ImageTests
{
    public static TheoryData<string> Dockerfiles => ["src/StableVideo.Gateway/Dockerfile", "src/StableVideo.Silo/Dockerfile.cpu", "src/StableVideo.Silo/Dockerfile.gpu"];

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void A_Dockerfile_keeps_the_rules(string path)
    {
        var lines = Instructions(path);
        Assert.All(lines.Where(line => line.Key == "FROM"), line => Assert.Matches(Pinned(), line.Value));
        var last = lines.FindLastIndex(line => line.Key == "FROM");
        Assert.True(last > 0, "One stage builds, another runs.");
        var final = lines[last..];
        Assert.Equal("10001:10001", final.Last(line => line.Key == "USER").Value);
        Assert.Equal("ENTRYPOINT", final[^1].Key);
        Assert.Matches("""^\["dotnet", "/app/StableVideo\.(Gateway|Silo)\.dll"\]$""", final[^1].Value);
        Assert.DoesNotContain(lines, line => line.Key == "ADD");
        Assert.All(lines.Where(line => line.Key == "RUN" && line.Value.Contains("apt-get install", StringComparison.Ordinal)), line =>
        {
            Assert.Contains("--no-install-recommends", line.Value, StringComparison.Ordinal);
            Assert.Contains("rm -rf /var/lib/apt/lists", line.Value, StringComparison.Ordinal);
            Assert.Contains("ffmpeg", line.Value, StringComparison.Ordinal);
            Assert.Contains("libgtk-3-0t64", line.Value, StringComparison.Ordinal);
        });
        foreach (var copied in lines.Where(line => line.Key == "COPY" && !line.Value.StartsWith("--from", StringComparison.Ordinal)))
            Assert.All(copied.Value.Split(' ')[..^1], source => Assert.True(Path.Exists(Path.Combine(Tools.Root, source)), $"There is no {source}."));
    }

    [Fact]
    public void The_GPU_image_holds_CUDA_12_and_its_build_of_ONNX_Runtime()
    {
        var text = File.ReadAllText(Path.Combine(Tools.Root, "src/StableVideo.Silo/Dockerfile.gpu"));
        Assert.Matches(@"FROM nvidia/cuda:12\.\d+\.\d+-cudnn-runtime-ubuntu24\.04", text);
        Assert.Equal(2, text.Split("-p:Accelerator=Cuda").Length - 1);
    }

    /// <summary>The very commands of the Dockerfile, on a copy of what an image is built from, then the program as the image starts it.</summary>
    [Fact]
    public async Task The_silo_is_published_from_a_locked_restore_and_starts()
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-image-").FullName;
        try
        {
            Context(folder);
            var commands = Instructions("src/StableVideo.Silo/Dockerfile.cpu").Where(line => line.Key == "RUN" && line.Value.StartsWith("dotnet ", StringComparison.Ordinal)).Select(line => line.Value).ToList();
            Assert.Equal(2, commands.Count);
            foreach (var command in commands)
            {
                var (code, output, errors) = Tools.Try("dotnet", command.Replace("/app", Path.Combine(folder, "app"), StringComparison.Ordinal).Split(' ')[1..], folder: folder);
                Assert.True(code == 0, $"{command}\n{output}\n{errors}");
            }

            var files = Directory.EnumerateFiles(Path.Combine(folder, "app"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).ToHashSet();
            Assert.Superset(new HashSet<string?> { "StableVideo.Silo.dll", "StableVideo.Silo.runtimeconfig.json", "libonnxruntime.so", "libOpenCvSharpExtern.so", "Orleans.Runtime.dll" }, files);
            Assert.DoesNotContain(files, file => file!.EndsWith(".dylib", StringComparison.Ordinal));
            await StartsAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task StartsAsync(string folder)
    {
        var management = Ports.Free();
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet", [Path.Combine(folder, "app", "StableVideo.Silo.dll")])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Store__Folder"] = Path.Combine(folder, "store"),
                ["Silo__Port"] = $"{Ports.Free()}",
                ["Silo__GatewayPort"] = $"{Ports.Free()}",
                ["Management__Port"] = $"{management}",
            },
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            Assert.True(await Ports.AnswersAsync(management, TimeSpan.FromSeconds(60)), process.HasExited ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "It does not answer.");
            using var http = new HttpClient();
            var tries = 0;
            while ((await http.GetAsync($"http://127.0.0.1:{management}/readyz", TestContext.Current.CancellationToken)).StatusCode != System.Net.HttpStatusCode.OK)
            {
                Assert.True(tries++ < 300, "It never was ready.");
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Copies what .dockerignore lets through and the build needs.</summary>
    private static void Context(string folder)
    {
        foreach (var file in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json", "LICENSE" })
            File.Copy(Path.Combine(Tools.Root, file), Path.Combine(folder, file));
        var sources = Path.Combine(Tools.Root, "src");
        foreach (var file in Directory.EnumerateFiles(sources, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(Tools.Root, file);
            if (name.Split(Path.DirectorySeparatorChar) is var parts && (parts.Contains("bin") || parts.Contains("obj")))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.Copy(file, Path.Combine(folder, name));
        }
    }

    private static List<KeyValuePair<string, string>> Instructions(string path)
    {
        var text = File.ReadAllText(Path.Combine(Tools.Root, path)).Replace("\\\n", " ", StringComparison.Ordinal);
        return [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ', 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1].Trim()))];
    }

    [GeneratedRegex(@"^[a-z0-9./-]+:[A-Za-z0-9._-]*\d[A-Za-z0-9._-]*( AS [a-z]+)?$")]
    private static partial Regex Pinned();
}
