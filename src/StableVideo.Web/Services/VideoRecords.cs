using System.Text.Json;
using StableVideo.Client;
using StableVideo.Storage;

namespace StableVideo.Web.Services;

/// <summary>What is known of each uploaded clip and mask: the document <c>videos/{id}</c> in its tenant's store, which also keeps the file.</summary>
internal sealed class VideoRecords(ITenantStores stores, TimeProvider clock)
{
    private const string Prefix = "videos/";
    private const int AtOnce = 16;

    /// <summary>What is known of a video; <see langword="null"/> when it was not uploaded or its time is over.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="id">Its id, of any form.</param>
    /// <param name="renew">Whether somebody relies on it from now on.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public async Task<Video?> FindAsync(string tenant, string id, bool renew, CancellationToken cancellationToken)
    {
        if (!ArtifactId.TryParse(id, out var artifact))
            return null;
        var store = stores.For(tenant);
        var document = renew
            ? await store.ReadAndRenewDocumentAsync(Prefix + id, clock, cancellationToken)
            : await store.ReadDocumentAsync(Prefix + id, cancellationToken);
        if (document is null || !(renew ? await store.TouchAsync(artifact, cancellationToken) : await store.ExistsAsync(artifact, cancellationToken)))
            return null;
        return Read(document);
    }

    public Task WriteAsync(string tenant, Video video, CancellationToken cancellationToken) => stores.For(tenant).WriteDocumentAsync(
        Prefix + video.Id, JsonSerializer.SerializeToUtf8Bytes(video, WireMessages.Json), WriteCondition.Any, cancellationToken);

    /// <summary>All videos of a tenant for one purpose, latest first.</summary>
    public async Task<IReadOnlyList<Video>> ListAsync(string tenant, VideoPurpose purpose, CancellationToken cancellationToken)
    {
        var store = stores.For(tenant);
        var found = new List<Video>();
        await foreach (var names in store.ListDocumentsAsync(Prefix, cancellationToken).Chunk(AtOnce).WithCancellation(cancellationToken))
        {
            var documents = await Task.WhenAll(names.Select(name => store.ReadDocumentAsync(name, cancellationToken)));
            found.AddRange(documents.OfType<NamedDocument>().Select(Read).Where(video => video.Purpose == purpose));
        }

        return [.. found.OrderByDescending(video => video.UploadedAt).ThenBy(video => video.Id, StringComparer.Ordinal)];
    }

    private static Video Read(NamedDocument document) => JsonSerializer.Deserialize<Video>(document.Content.Span, WireMessages.Json)!;
}
