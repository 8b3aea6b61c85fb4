using System.Diagnostics;
using StableVideo.Imaging;
using StableVideo.Tests;

namespace StableVideo.EndToEnd.Tests;

/// <summary>The command line against <c>stablevideo up</c>, both as real processes.</summary>
public sealed class ServerTests : IDisposable
{
    private static readonly string[] Edit = ["--foreground", "a red car", "--background", "snowy winter", "--steps", "3"];
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-server-").FullName;
    private readonly int _port = Ports.Free();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_edit_on_a_server_gives_the_bytes_of_a_local_one_and_survives_the_server()
    {
        var (clip, mask) = (At("clip.mp4"), At("mask.mp4"));
        await SampleClip.WriteAsync(clip, mask, new SampleClipOptions { Width = 128, Height = 96, FrameCount = 8 }, cancellationToken: TestContext.Current.CancellationToken);
        string[] job = [clip, "--mask", mask, .. Edit];
        await RunAsync(["edit", .. job, "--output", At("local.mp4"), "--store", At("local-store")]);

        var server = await UpAsync();
        var submitted = (await RunAsync(["submit", .. job, "--server", Address])).Trim().Split('\n')[^1];
        await UntilItComputesAsync(submitted);
        server.Kill(entireProcessTree: true);
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
        server.Dispose();

        server = await UpAsync();
        try
        {
            await RunAsync(["watch", submitted, "--server", Address]);
            await RunAsync(["fetch", submitted, "--output", At("fetched.mp4"), "--server", Address]);
            var again = await RunAsync(["edit", .. job, "--output", At("remote.mp4"), "--store", At("remote-store"), "--server", Address]);

            var expected = await File.ReadAllBytesAsync(At("local.mp4"), TestContext.Current.CancellationToken);
            Assert.Equal(expected, await File.ReadAllBytesAsync(At("fetched.mp4"), TestContext.Current.CancellationToken));
            Assert.Equal(expected, await File.ReadAllBytesAsync(At("remote.mp4"), TestContext.Current.CancellationToken));
            Assert.Contains("decompose: reused", again, StringComparison.Ordinal);
            Assert.Contains(submitted, await RunAsync(["list", "--server", Address]), StringComparison.Ordinal);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
            server.Dispose();
        }
    }

    private string Address => $"http://127.0.0.1:{_port}";

    private static Process Start(IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo("dotnet", [BuiltHost.PathOf("StableVideo.Cli", "stablevideo"), .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<string> RunAsync(IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await error}");
        return await output;
    }

    private string At(string name) => Path.Combine(_folder, name);

    private async Task<Process> UpAsync()
    {
        var process = Start(["up", "--port", $"{_port}", "--store", At("server-store")]);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        using var client = new HttpClient();
        while (true)
        {
            Assert.False(process.HasExited, "The server ended before it answered.");
            try
            {
                using var answer = await client.GetAsync($"{Address}/readyz", TestContext.Current.CancellationToken);
                if (answer.IsSuccessStatusCode)
                    break;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }

        return process;
    }

    private async Task UntilItComputesAsync(string job)
    {
        using var client = new HttpClient();
        while (!(await client.GetStringAsync($"{Address}/v1/jobs/{job}", TestContext.Current.CancellationToken)).Contains("\"Decompose\",\"state\":\"Running\"", StringComparison.Ordinal))
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
