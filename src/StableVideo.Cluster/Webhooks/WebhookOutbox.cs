using System.Text.Json;
using System.Text.Json.Serialization;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Notes what a tenant's webhooks are to be told of a job; gateways send it. Noting the same again sends it once more under the same id.</summary>
internal sealed class WebhookOutbox(IArtifactStore store)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public async Task NoteAsync(string tenant, JobIndexEntry job)
    {
        if (await store.ReadDocumentAsync(WebhookDocuments.BookOf(tenant)) is not { } book)
            return;
        foreach (var webhook in JsonSerializer.Deserialize<WebhookBook>(book.Content.Span, Json)!.Webhooks)
        {
            if (WebhookDocuments.NoticeFor(webhook, tenant, job) is { } notice)
                await store.WriteDocumentAsync(WebhookDocuments.NameOf(notice), JsonSerializer.SerializeToUtf8Bytes(notice, Json), WriteCondition.Any);
        }
    }
}
