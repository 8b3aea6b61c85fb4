using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StableVideo.Tests.Hosting.Otlp;

/// <summary>Takes what programs export by OTLP over HTTP, as a collector does.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpReceiver(WebApplication app) => _app = app;

    public ConcurrentQueue<Span> Spans { get; } = [];

    public ConcurrentQueue<LogLine> Logs { get; } = [];

    public string Address => _app.Urls.First();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/traces", async (HttpContext context) =>
        {
            foreach (var span in Span.ReadAll(await BodyAsync(context)))
                receiver.Spans.Enqueue(span);
        });
        app.MapPost("/v1/logs", async (HttpContext context) =>
        {
            foreach (var line in LogLine.ReadAll(await BodyAsync(context)))
                receiver.Logs.Enqueue(line);
        });
        app.MapPost("/v1/metrics", async (HttpContext context) => { _ = await BodyAsync(context); });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.ContentType = "application/x-protobuf";
        return body.ToArray();
    }
}
