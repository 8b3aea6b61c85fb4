using System.Diagnostics;
using StableVideo.Client;
using StableVideo.Imaging;
using StableVideo.Tests.Silo;

namespace StableVideo.Tests.Hosting;

/// <summary>A silo and a gateway as processes, with management endpoints, on a store folder of their own.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _folder;
    private readonly List<LoggedProcess> _processes = [];

    private Deployment(string folder) => _folder = folder;

    /// <summary>The store.</summary>
    public string Folder => _folder;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(20) };

    public int SiloManagement { get; } = Ports.Free();

    public int GatewayManagement { get; } = Ports.Free();

    public StableVideoClient Client { get; private set; } = null!;

    public LoggedProcess Silo => _processes[0];

    public string Output => string.Join("\n\n", _processes.Select(process => process.Output));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts both and waits until the gateway is ready.</summary>
    /// <param name="settings">Command-line settings of both, such as <c>--OTEL_EXPORTER_OTLP_ENDPOINT=...</c>.</param>
    public static Task<Deployment> StartAsync(params string[] settings) => StartOnAsync(Directory.CreateTempSubdirectory("stablevideo-ops-").FullName, settings);

    /// <summary>Starts both on a store that may be there already; it is deleted at the end.</summary>
    public static async Task<Deployment> StartOnAsync(string folder, params string[] settings)
    {
        var deployment = new Deployment(folder);
        var (siloPort, gatewayPort, httpPort) = (Ports.Free(), Ports.Free(), Ports.Free());
        string[] shared = [$"--Store:Folder={deployment._folder}", .. settings];
        deployment._processes.Add(new LoggedProcess(
            "dotnet",
            [BuiltHost.PathOf("StableVideo.Silo"), "--Silo:Name=silo-1", $"--Silo:Port={siloPort}", $"--Silo:GatewayPort={gatewayPort}", $"--Management:Port={deployment.SiloManagement}", .. shared]));
        deployment._processes.Add(new LoggedProcess(
            "dotnet",
            [BuiltHost.PathOf("StableVideo.Gateway"), $"--urls=http://127.0.0.1:{httpPort}", $"--Silos:0=127.0.0.1:{gatewayPort}", $"--Management:Port={deployment.GatewayManagement}", .. shared]));
        deployment.Client = new StableVideoClient(new Uri($"http://127.0.0.1:{httpPort}"));
        var start = Stopwatch.GetTimestamp();
        while (await deployment.AskAsync(deployment.GatewayManagement, "readyz") is not (200, _) || await deployment.AskAsync(deployment.SiloManagement, "readyz") is not (200, _))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"Not ready in time.\n{deployment.Output}");
            await Task.Delay(200, Cancel);
        }

        return deployment;
    }

    /// <summary>Makes a key as an operator does who can write the store.</summary>
    public async Task<string> MakeKeyAsync(string scope)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [BuiltHost.PathOf("StableVideo.Cli", "stablevideo"), "keys", "add", "test", "--scopes", scope, "--store", _folder]) { RedirectStandardOutput = true })!;
        var key = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return key.Trim();
    }

    /// <summary>Asks a management endpoint; 0 when it does not answer.</summary>
    public async Task<(int Status, string Text)> AskAsync(int port, string path)
    {
        try
        {
            using var answer = await Http.GetAsync($"http://127.0.0.1:{port}/{path}", Cancel);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        }
        catch (HttpRequestException exception)
        {
            return (0, exception.Message);
        }
    }

    /// <summary>Edits a small clip and waits for the end.</summary>
    public async Task<Job> EditAsync(string id, string prompt = "a red car")
    {
        await SubmitAsync(id, prompt, steps: 2);
        return await EndAsync(id);
    }

    /// <summary>Submits an edit of a small clip.</summary>
    public async Task SubmitAsync(string id, string prompt, int steps)
    {
        var clip = Path.Combine(_folder, "clip.mp4");
        if (!File.Exists(clip))
            await SampleClip.WriteAsync(clip, null, new SampleClipOptions { Width = 96, Height = 64, FrameCount = 8 }, cancellationToken: Cancel);
        var video = await Client.Videos.UploadAsync(clip, cancellationToken: Cancel);
        await Client.SubmitAsync(id, new JobSubmission { Video = video.Id, Settings = new EditSettings { ForegroundPrompt = prompt, BackgroundPrompt = "snowy winter", Steps = steps, KeyframeCount = 2, AggregationSteps = 4 } }, Cancel);
    }

    /// <summary>Waits for the end of a job.</summary>
    public async Task<Job> EndAsync(string id)
    {
        Job? last = null;
        await foreach (var update in Client.WatchAsync(id, cancellationToken: Cancel))
            last = update.Job ?? last;
        Assert.True(last?.State == JobState.Completed, $"{last?.State}: {last?.Error}\n{Output}");
        return last!;
    }

    public async ValueTask DisposeAsync()
    {
        // As an operator would, so that what is still to be exported is.
        await Task.WhenAll(_processes.Where(process => !process.HasExited).Select(process => process.TerminateAsync(TimeSpan.FromSeconds(60))));
        _processes.ForEach(process => process.Dispose());
        Client?.Dispose();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
