using System.Text.Json;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Web.Webhooks;

/// <summary>Reads and changes the books of webhooks, and drops their notices.</summary>
internal sealed class WebhookBooks(ITenantStores stores)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    public async Task<IReadOnlyList<WebhookEntry>> ReadAsync(string tenant, CancellationToken cancellationToken) =>
        await stores.System.ReadDocumentAsync(WebhookDocuments.BookOf(tenant), cancellationToken) is { } document ? Parse(document) : [];

    public async Task<WebhookEntry?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        (await ReadAsync(tenant, cancellationToken)).FirstOrDefault(webhook => webhook.Id == id);

    /// <summary>Changes a book over the version that was read; again when somebody else was quicker.</summary>
    /// <param name="tenant">Whose book.</param>
    /// <param name="change">Makes the new list of the present one; <see langword="null"/>: nothing is to change.</param>
    /// <param name="cancellationToken">Stops before the change.</param>
    /// <returns>Whether there was something to change.</returns>
    public async Task<bool> ChangeAsync(string tenant, Func<IReadOnlyList<WebhookEntry>, IReadOnlyList<WebhookEntry>?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var document = await stores.System.ReadDocumentAsync(WebhookDocuments.BookOf(tenant), cancellationToken);
            if (change(document is null ? [] : Parse(document)) is not { } changed)
                return false;
            try
            {
                var condition = document is null ? WriteCondition.MustNotExist : WriteCondition.Matches(document.ETag);
                await stores.System.WriteDocumentAsync(WebhookDocuments.BookOf(tenant), JsonSerializer.SerializeToUtf8Bytes(new WebhookBook(changed), Json), condition, cancellationToken);
                return true;
            }
            catch (PreconditionFailedException)
            {
                // Changed meanwhile: look again.
            }
        }
    }

    /// <summary>Changes one webhook; <see langword="false"/> when it is not there.</summary>
    public Task<bool> ChangeAsync(string tenant, string id, Func<WebhookEntry, WebhookEntry> change, CancellationToken cancellationToken) => ChangeAsync(
        tenant,
        webhooks => webhooks.Any(webhook => webhook.Id == id) ? [.. webhooks.Select(webhook => webhook.Id == id ? change(webhook) : webhook)] : null,
        cancellationToken);

    /// <summary>Names of all notices.</summary>
    public IAsyncEnumerable<string> ListNoticesAsync(CancellationToken cancellationToken) => stores.System.ListDocumentsAsync(WebhookDocuments.NoticePrefix, cancellationToken);

    /// <summary>A notice and its version; <see langword="null"/> when it has been dealt with.</summary>
    public async Task<(WebhookNotice Notice, ETag Version)?> ReadNoticeAsync(string name, CancellationToken cancellationToken) =>
        await stores.System.ReadDocumentAsync(name, cancellationToken) is { } document
            ? (JsonSerializer.Deserialize<WebhookNotice>(document.Content.Span, Json)!, document.ETag)
            : null;

    /// <summary>Writes a notice over the version that was read.</summary>
    /// <exception cref="PreconditionFailedException">Somebody else deals with it.</exception>
    public Task<ETag> WriteNoticeAsync(WebhookNotice notice, ETag version, CancellationToken cancellationToken) => stores.System.WriteDocumentAsync(
        WebhookDocuments.NameOf(notice), JsonSerializer.SerializeToUtf8Bytes(notice, Json), WriteCondition.Matches(version), cancellationToken);

    /// <summary>Drops a notice that has been dealt with.</summary>
    public Task DropNoticeAsync(string name, CancellationToken cancellationToken) => stores.System.DeleteDocumentAsync(name, WriteCondition.Any, cancellationToken);

    private static IReadOnlyList<WebhookEntry> Parse(NamedDocument document) => JsonSerializer.Deserialize<WebhookBook>(document.Content.Span, Json)!.Webhooks;
}
