using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StableVideo.Client;

namespace StableVideo.Tests.Client;

/// <summary>A server that misbehaves as tests tell it to, on a real port.</summary>
internal sealed class BadServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BadServer(WebApplication app) => _app = app;

    public StableVideoClient Client { get; private set; } = null!;

    public static async Task<BadServer> StartAsync(Action<WebApplication> routes)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        routes(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var options = new StableVideoClientOptions { Key = "sv_test", FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(20), ChunkBytes = 1000 };
        return new BadServer(app) { Client = new StableVideoClient(new Uri(app.Urls.First()), options) };
    }

    /// <summary>Breaks the connection in the midst of an answer.</summary>
    public static void Break(HttpContext context) => context.Abort();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
