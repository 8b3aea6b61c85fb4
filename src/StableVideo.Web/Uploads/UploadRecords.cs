using System.Runtime.CompilerServices;
using System.Text.Json;
using StableVideo.Storage;
using StableVideo.Web.Services;

namespace StableVideo.Web.Uploads;

/// <summary>Reads and writes <see cref="UploadRecord"/>s. Every change is made over the version that was read, so that of two at once one is refused.</summary>
internal sealed class UploadRecords(ITenantStores stores)
{
    private const string Prefix = "uploads/";

    /// <summary>A record as it was read.</summary>
    public sealed record Version(UploadRecord Record, ETag ETag);

    public async Task<Version?> FindAsync(string tenant, string id, CancellationToken cancellationToken) =>
        IsId(id) && await stores.For(tenant).ReadDocumentAsync(Prefix + id, cancellationToken) is { } document ? Read(document) : null;

    /// <exception cref="PreconditionFailedException">The id is taken.</exception>
    public async Task<Version> AddAsync(string tenant, UploadRecord record, CancellationToken cancellationToken) =>
        await WriteAsync(tenant, record, WriteCondition.MustNotExist, cancellationToken);

    /// <exception cref="PreconditionFailedException">Somebody else has changed the upload since it was read.</exception>
    public async Task<Version> ChangeAsync(string tenant, Version read, UploadRecord record, CancellationToken cancellationToken) =>
        await WriteAsync(tenant, record, WriteCondition.Matches(read.ETag), cancellationToken);

    /// <summary>Deletes the version that was read; <see langword="false"/> when it was changed since.</summary>
    public async Task<bool> DeleteAsync(string tenant, Version read, CancellationToken cancellationToken)
    {
        try
        {
            return await stores.For(tenant).DeleteDocumentAsync(Prefix + read.Record.Id, WriteCondition.Matches(read.ETag), cancellationToken);
        }
        catch (PreconditionFailedException)
        {
            return false;
        }
    }

    public async IAsyncEnumerable<Version> ListAsync(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var store = stores.For(tenant);
        await foreach (var name in store.ListDocumentsAsync(Prefix, cancellationToken))
        {
            if (await store.ReadDocumentAsync(name, cancellationToken) is { } document)
                yield return Read(document);
        }
    }

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    private static Version Read(NamedDocument document) => new(JsonSerializer.Deserialize<UploadRecord>(document.Content.Span, WireMessages.Json)!, document.ETag);

    private async Task<Version> WriteAsync(string tenant, UploadRecord record, WriteCondition condition, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(record, WireMessages.Json);
        return new Version(record, await stores.For(tenant).WriteDocumentAsync(Prefix + record.Id, content, condition, cancellationToken));
    }
}
