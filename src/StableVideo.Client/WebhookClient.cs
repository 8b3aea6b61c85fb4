using System.Net.Http.Json;
using StableVideo.Client.Http;

namespace StableVideo.Client;

/// <summary>The webhooks of the own tenant. Safe for concurrent use.</summary>
public sealed class WebhookClient
{
    private readonly Connection _connection;

    internal WebhookClient(Connection connection) => _connection = connection;

    /// <summary>All webhooks, oldest first.</summary>
    public async Task<IReadOnlyList<Webhook>> ListAsync(CancellationToken cancellationToken = default) =>
        await _connection.GetAsync("v1/webhooks", WireJson.Default.ListWebhook, cancellationToken);

    /// <summary>Makes a webhook. Not repeated when an answer is lost: look at the list and delete what is not wanted.</summary>
    public async Task<NewWebhook> CreateAsync(WebhookRequest request, CancellationToken cancellationToken = default)
    {
        using var answer = await _connection.SendOnceAsync(
            new HttpRequestMessage(HttpMethod.Post, "v1/webhooks") { Content = JsonContent.Create(request, WireJson.Default.WebhookRequest) }, cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(WireJson.Default.NewWebhook, cancellationToken))!;
    }

    /// <summary>Makes a new secret; for a day events are signed by the former one too. Not repeated when an answer is lost.</summary>
    public async Task<NewWebhook> RotateSecretAsync(string id, CancellationToken cancellationToken = default)
    {
        using var answer = await _connection.SendOnceAsync(new HttpRequestMessage(HttpMethod.Post, $"{PathOf(id)}/secret"), cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(WireJson.Default.NewWebhook, cancellationToken))!;
    }

    /// <summary>Takes a webhook that was disabled into use again.</summary>
    public Task<Webhook> EnableAsync(string id, CancellationToken cancellationToken = default) =>
        _connection.AskAsync(() => new HttpRequestMessage(HttpMethod.Post, $"{PathOf(id)}/enable"), WireJson.Default.Webhook, cancellationToken);

    /// <summary>Sends the event <c>webhook.test</c> at once and returns how it went.</summary>
    public async Task<DeliveryAttempt> TestAsync(string id, CancellationToken cancellationToken = default)
    {
        using var answer = await _connection.SendOnceAsync(new HttpRequestMessage(HttpMethod.Post, $"{PathOf(id)}/test"), cancellationToken);
        return (await answer.Content.ReadFromJsonAsync(WireJson.Default.DeliveryAttempt, cancellationToken))!;
    }

    /// <summary>The last fifty events and how their delivery went, latest first.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ListDeliveriesAsync(string id, CancellationToken cancellationToken = default) =>
        await _connection.GetAsync($"{PathOf(id)}/deliveries", WireJson.Default.ListWebhookDelivery, cancellationToken);

    /// <summary>Deletes a webhook; what it was not told yet it is not told any more.</summary>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken = default)
    {
        using var answer = await _connection.SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, PathOf(id)), cancellationToken);
    }

    private static string PathOf(string id) => $"v1/webhooks/{Uri.EscapeDataString(id)}";
}
