using System.Diagnostics;
using Microsoft.Playwright;
using StableVideo.Imaging;

namespace StableVideo.Tests.Studio;

/// <summary><c>stablevideo up</c> as a real process on a temporary store, a small clip, and a real browser.</summary>
public class Studio : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-studio-").FullName;
    private readonly int _port = Ports.Free();
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private Process? _server;

    /// <summary>Settings of the server, such as <c>Auth:Mode=Keys</c>.</summary>
    protected virtual IReadOnlyList<string> Settings => [];

    private string Store => Path.Combine(_folder, "store");

    public string Address => $"http://127.0.0.1:{_port}";

    public string Clip => Path.Combine(_folder, "clip.mp4");

    /// <summary>Small, because it is edited many times; larger for pictures that are looked at.</summary>
    public SampleClipOptions Sample { get; } = Environment.GetEnvironmentVariable("STABLEVIDEO_SCREENSHOTS") is null
        ? new() { Width = 160, Height = 96, FrameCount = 10 }
        : new() { Width = 480, Height = 272, FrameCount = 12 };

    /// <summary>Where the object is in a frame: white.</summary>
    public Raster<byte> TruthIn(int frame) => SampleClip.Render(frame, Sample).Mask;

    /// <summary>The box around the object in a frame, each side 0..1 of the frame.</summary>
    public (float Left, float Top, float Right, float Bottom) ObjectIn(int frame, float margin = 0.04f)
    {
        var mask = TruthIn(frame);
        var inside = Enumerable.Range(0, mask.Data.Length).Where(i => mask.Data[i] > 127).Select(i => (X: i % mask.Width, Y: i / mask.Width)).ToList();
        float Side(int value, int whole, float by) => Math.Clamp(((float)value / whole) + by, 0, 1);
        return (Side(inside.Min(p => p.X), mask.Width, -margin), Side(inside.Min(p => p.Y), mask.Height, -margin),
            Side(inside.Max(p => p.X) + 1, mask.Width, margin), Side(inside.Max(p => p.Y) + 1, mask.Height, margin));
    }

    public async ValueTask InitializeAsync()
    {
        await SampleClip.WriteAsync(Clip, Path.Combine(_folder, "mask.mp4"), Sample);
        if (Browsers.FirstOrDefault(File.Exists) is not { } program)
            return;
        await StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
    }

    /// <summary>A page of a new person, with a theme and a width; skips the test where there is no browser.</summary>
    public async Task<IPage> OpenAsync(string path, ColorScheme theme = ColorScheme.Dark, int width = 1280, bool wait = true)
    {
        Assert.SkipWhen(_browser is null, "Needs Chromium; ./test.sh installs it.");
        var context = await _browser!.NewContextAsync(new() { ColorScheme = theme, ViewportSize = new() { Width = width, Height = 900 }, BaseURL = Address });
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        var page = await context.NewPageAsync();
        if (wait)
            await GoAsync(page, path);
        else
            await page.GotoAsync(path);
        return page;
    }

    /// <summary>Goes to a page and waits until it is live.</summary>
    public static async Task GoAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.WaitForFunctionAsync("() => document.querySelector('main[data-live=true]') && !document.querySelector('[aria-busy=true]')");
        await page.WaitForTimeoutAsync(300);
    }

    /// <summary>The object's outline in a frame as a person would click it: seven corners above, two below, each 0..1 of the frame.</summary>
    public IReadOnlyList<(float X, float Y)> OutlineIn(int frame)
    {
        var mask = TruthIn(frame);
        var (left, _, right, bottom) = ObjectIn(frame, margin: 0);
        float TopAt(float x) => Enumerable.Range(0, mask.Height).First(y => mask[Math.Min((int)(x * mask.Width), mask.Width - 1), y] > 127) / (float)mask.Height;
        var above = Enumerable.Range(0, 7).Select(i => left + ((right - left) * (0.02f + (0.96f * i / 6)))).Select(x => (x, TopAt(x)));
        return [.. above, (right, bottom), (left, bottom)];
    }

    public async Task StartAsync()
    {
        _server = Process.Start(new ProcessStartInfo("dotnet", [BuiltHost.PathOf("StableVideo.Cli", "stablevideo"), "up", "--port", $"{_port}", "--store", Store, .. Settings.SelectMany(setting => new[] { "--set", setting })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _server.OutputDataReceived += (_, _) => { };
        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        using var client = new HttpClient();
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, "The server did not answer in time.");
            Assert.False(_server.HasExited, "The server ended before it answered.");
            try
            {
                using var answer = await client.GetAsync($"{Address}/readyz");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }

            await Task.Delay(200);
        }
    }

    /// <summary>Makes a key for a tenant, as whoever runs the server does.</summary>
    public async Task<string> AddKeyAsync(string tenant)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [BuiltHost.PathOf("StableVideo.Cli", "stablevideo"), "keys", "add", "browser", "--tenant", tenant, "--store", Store]) { RedirectStandardOutput = true })!;
        var key = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        return key;
    }

    /// <summary>Ends the server as a crash would.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        _server.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_server is not null)
            await KillAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same with keys.</summary>
public sealed class KeyedStudio : Studio
{
    protected override IReadOnlyList<string> Settings => ["Auth:Mode=Keys"];
}
