using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StableVideo.Cluster;
using StableVideo.Storage;
using StableVideo.Web.Hosting;

namespace StableVideo.Tests.Web;

/// <summary>A silo with quick stages and the web in one process, on a folder and a free port of loopback.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string? _ownFolder;

    private WebServer(WebApplication app, ITenantStores stores, QuickExecutor executor, string folder, bool ownsFolder)
    {
        (_app, Stores, Executor, Folder, _ownFolder) = (app, stores, executor, folder, ownsFolder ? folder : null);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Client { get; }

    public QuickExecutor Executor { get; }

    public ITenantStores Stores { get; }

    public string Folder { get; }

    /// <summary>The errors that were logged.</summary>
    public required ErrorLog Log { get; init; }

    public IServiceProvider Services => _app.Services;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts one.</summary>
    /// <param name="settings">Configuration.</param>
    /// <param name="configure">Changes services.</param>
    /// <param name="configureStages">Changes how stages are computed.</param>
    /// <param name="stores">Where everything is kept; by default a folder of its own.</param>
    /// <param name="beside">Another server whose silo and store this one uses: a second gateway of the same cluster.</param>
    public static async Task<WebServer> StartAsync(
        Dictionary<string, string?>? settings = null,
        Action<IServiceCollection>? configure = null,
        WebServer? beside = null,
        ITenantStores? stores = null,
        Action<StageOptions>? configureStages = null)
    {
        var folder = beside?.Folder ?? Directory.CreateTempSubdirectory("stablevideo-web-").FullName;
        stores ??= beside?.Stores ?? TenantStores.InFolder(folder);
        var executor = beside?.Executor ?? new QuickExecutor(stores);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production, ContentRootPath = folder });
        var log = new ErrorLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Web:RequestsPerSecond"] = "0" });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        if (beside is null)
        {
            builder.UseOrleans(silo => silo.UseSoleSilo().AddStableVideo(stores, _ => executor, stages =>
            {
                stages.ProgressPeriod = TimeSpan.FromMilliseconds(20);
                stages.HeartbeatPeriod = TimeSpan.FromMilliseconds(200);
                stages.RetriesAllowed = 0;
                stages.Slots = 64;
                configureStages?.Invoke(stages);
            }));
        }
        else
        {
            builder.Services.AddSingleton(beside.Services.GetRequiredService<IGrainFactory>());
        }

        builder.AddStableVideoWeb(stores);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapStableVideoWeb();
        await app.StartAsync(Cancel);
        return new WebServer(app, stores, executor, folder, ownsFolder: beside is null) { Log = log };
    }

    /// <summary>Asks the host to stop, as a signal would.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    public async Task<string> UploadClipAsync()
    {
        using var answer = await Client.PostAsync("/v1/videos?name=clip.mp4", new ByteArrayContent(await Clips.ClipAsync()), Cancel);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(path, Cancel);
        return await answer.JsonAsync();
    }

    public Task<HttpResponseMessage> PutJobAsync(string id, string video, string prompt = "a red car") =>
        Client.PutAsJsonAsync($"/v1/jobs/{id}", new { video, settings = new { foregroundPrompt = prompt } }, Cancel);

    /// <summary>Submits a job and waits for its end.</summary>
    public async Task<JsonElement> RunJobAsync(string id, string video, string prompt = "a red car")
    {
        using var accepted = await PutJobAsync(id, video, prompt);
        Assert.True(accepted.IsSuccessStatusCode, await accepted.Content.ReadAsStringAsync(Cancel));
        return await EndAsync(id);
    }

    public async Task<JsonElement> EndAsync(string id)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            var job = await GetAsync($"/v1/jobs/{id}");
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"Not at its end in time: {job}");
            if (job.GetProperty("state").GetString() is "Completed" or "Failed" or "Cancelled")
                return job;
            await Task.Delay(20, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        if (_ownFolder is not null)
            Directory.Delete(_ownFolder, recursive: true);
    }
}

/// <summary>What tests look for in answers.</summary>
internal static class Answers
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer, HttpStatusCode? status = null)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(status is null ? answer.IsSuccessStatusCode : answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The answer is a problem of a type, in words.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status, string type, string words = "")
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} instead of {(int)status}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal(((int)status, $"urn:stablevideo:problem:{type}"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("type").GetString()));
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.Contains(words, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        return problem;
    }

    public static HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                content?.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    public static ByteArrayContent Bytes(ReadOnlySpan<byte> bytes, string? type = null)
    {
        var content = new ByteArrayContent(bytes.ToArray());
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }
}
