using System.Text.Json;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Storage;
using StableVideo.Web.Services;

namespace StableVideo.Web.Webhooks;

/// <summary>The last events of each webhook and how their delivery went, for people who wonder; one document each, of bounded size.</summary>
internal sealed class DeliveryLog(ITenantStores stores)
{
    private const int MostDeliveries = 50;
    private const int MostAttempts = 10;

    /// <summary>Deliveries, latest first.</summary>
    public async Task<IReadOnlyList<WebhookDelivery>> ReadAsync(string tenant, string webhook, CancellationToken cancellationToken) =>
        await stores.System.ReadDocumentAsync(NameOf(tenant, webhook), cancellationToken) is { } document ? Parse(document) : [];

    /// <summary>Notes an attempt.</summary>
    /// <param name="notice">What was sent.</param>
    /// <param name="attempt">How it went; <see langword="null"/>: it was not tried.</param>
    /// <param name="state">How far the delivery is now.</param>
    /// <param name="next">When it is tried next.</param>
    /// <param name="cancellationToken">Stops before it is noted.</param>
    public async Task NoteAsync(WebhookNotice notice, DeliveryAttempt? attempt, DeliveryState state, DateTimeOffset? next, CancellationToken cancellationToken)
    {
        var name = NameOf(notice.Tenant, notice.Webhook);
        while (true)
        {
            var document = await stores.System.ReadDocumentAsync(name, cancellationToken);
            var known = document is null ? [] : Parse(document);
            var former = known.FirstOrDefault(delivery => delivery.Id == notice.Id);
            var delivery = new WebhookDelivery
            {
                Id = notice.Id,
                Event = notice.Event,
                Job = notice.Job?.Id,
                At = notice.At,
                State = state,
                Attempts = [.. (former?.Attempts ?? []).Concat(attempt is null ? [] : [attempt]).TakeLast(MostAttempts)],
                NextAttemptAt = next,
            };
            WebhookDelivery[] deliveries = [delivery, .. known.Where(other => other.Id != notice.Id).Take(MostDeliveries - 1)];
            try
            {
                var condition = document is null ? WriteCondition.MustNotExist : WriteCondition.Matches(document.ETag);
                await stores.System.WriteDocumentAsync(name, JsonSerializer.SerializeToUtf8Bytes(deliveries, WireMessages.Json), condition, cancellationToken);
                return;
            }
            catch (PreconditionFailedException)
            {
                // Another delivery was noted meanwhile: look again.
            }
        }
    }

    /// <summary>Deletes the log of a webhook that is no more.</summary>
    public Task DeleteAsync(string tenant, string webhook, CancellationToken cancellationToken) =>
        stores.System.DeleteDocumentAsync(NameOf(tenant, webhook), WriteCondition.Any, cancellationToken);

    private static string NameOf(string tenant, string webhook) => $"webhooks-log/{tenant}/{webhook}";

    private static WebhookDelivery[] Parse(NamedDocument document) => JsonSerializer.Deserialize<WebhookDelivery[]>(document.Content.Span, WireMessages.Json)!;
}
