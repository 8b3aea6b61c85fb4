using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using StableVideo.Imaging;

namespace StableVideo.Tests.Gateway;

/// <summary>One silo and one gateway as real processes on a temporary store folder.</summary>
public sealed class Hosts : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "stablevideo-hosts-" + Guid.NewGuid().ToString("n"));
    private readonly List<Process> _processes = [];

    private byte[]? _clip;

    public HttpClient Client { get; private set; } = null!;

    public string ClipId => $"sha256-{Convert.ToHexStringLower(SHA256.HashData(_clip!))}";

    /// <summary>A clip of ten frames.</summary>
    public async Task<byte[]> ClipAsync()
    {
        if (_clip is not null)
            return _clip;
        var path = Path.Combine(_folder, "clip.mp4");
        await SampleClip.WriteAsync(path, null, new SampleClipOptions { Width = 96, Height = 64, FrameCount = 10 });
        return _clip = await File.ReadAllBytesAsync(path);
    }

    public async ValueTask InitializeAsync()
    {
        var (siloPort, gatewayPort, httpPort) = (Ports.Free(), Ports.Free(), Ports.Free());
        Start("StableVideo.Silo", $"--Silo:Port={siloPort}", $"--Silo:GatewayPort={gatewayPort}", $"--Store:Folder={_folder}");
        Start("StableVideo.Gateway", $"--urls=http://127.0.0.1:{httpPort}", $"--Silos:0=127.0.0.1:{gatewayPort}", $"--Store:Folder={_folder}");
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}") };
        var start = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "The hosts did not answer in time.");
            Assert.All(_processes, process => Assert.False(process.HasExited, "A host ended before it answered."));
            await Task.Delay(200);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Start(string assembly, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [BuiltHost.PathOf(assembly), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await Client.GetAsync("/v1/jobs/nobody");
            return answer.StatusCode == HttpStatusCode.NotFound;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
