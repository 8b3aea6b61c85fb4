using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StableVideo.Client;

namespace StableVideo.Tests.Web.Webhooks;

/// <summary>Somebody's server that takes events, or does not.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>What came, in order.</summary>
    public ConcurrentQueue<Event> Events { get; } = [];

    /// <summary>Answers one event.</summary>
    public Func<Event, HttpResponse, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public string Url => $"{_app.Urls.First()}/hook";

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.MapPost("/hook", receiver.TakeAsync);
        app.MapPost("/elsewhere", (HttpContext _) => { receiver.Events.Enqueue(new Event("", "", "redirected", "", [])); });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Waits until so many events have come.</summary>
    public async Task<IReadOnlyList<Event>> WaitAsync(int count)
    {
        for (var tries = 0; Events.Count < count; tries++)
        {
            Assert.True(tries < 1500, $"{Events.Count} events instead of {count}: {string.Join(' ', Events.Select(happened => happened.Type))}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        return [.. Events];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = context.Request.Headers;
        var happened = new Event(
            headers[WebhookSignature.IdHeader]!, headers[WebhookSignature.TimestampHeader]!, headers[WebhookSignature.SignatureHeader]!, $"{context.Connection.RemoteIpAddress}", body.ToArray());
        context.Response.StatusCode = (int)HttpStatusCode.NoContent;
        await Answer(happened, context.Response);
        Events.Enqueue(happened);
    }
}

/// <summary>An event as it came.</summary>
internal sealed record Event(string Id, string Timestamp, string Signature, string From, byte[] Body)
{
    public System.Text.Json.JsonElement Json => System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(Body);

    public string Type => Body.Length == 0 ? From : Json.GetProperty("type").GetString()!;

    public bool IsSignedBy(string secret) => WebhookSignature.Verify(secret, Id, Timestamp, Signature, Body, DateTimeOffset.UtcNow);
}
