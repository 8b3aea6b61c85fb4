using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StableVideo.Storage;

/// <summary>The documents of a blob store: the blobs <c>documents/NAME</c>, whose blob ETags are their tags.</summary>
internal sealed class BlobDocuments(BlobContainerClient container, string prefix)
{
    private const string WriteIdKey = "writeid";
    private readonly string _prefix = prefix + "documents/";

    public async Task<NamedDocument?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult result = await BlobOf(name).DownloadContentAsync(cancellationToken);
            return new NamedDocument(name, result.Content.ToMemory(), BlobConditions.ToETag(result.Details.ETag), result.Details.LastModified);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    public async Task<ETag> WriteAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken)
    {
        var blob = BlobOf(name);
        var writeId = Guid.NewGuid().ToString("n");
        var options = new BlobUploadOptions { Conditions = BlobConditions.Of(condition), Metadata = new Dictionary<string, string> { [WriteIdKey] = writeId } };
        try
        {
            BlobContentInfo info = await blob.UploadAsync(new BinaryData(content), options, cancellationToken);
            return BlobConditions.ToETag(info.ETag);
        }
        catch (RequestFailedException exception) when (BlobConditions.IsRefused(exception))
        {
            // A repeated request whose first answer was lost is refused because of its own success.
            var current = await blob.FindPropertiesAsync(cancellationToken);
            return current?.Metadata.TryGetValue(WriteIdKey, out var found) == true && found == writeId
                ? BlobConditions.ToETag(current.ETag)
                : throw new PreconditionFailedException(name, condition, current is null ? null : BlobConditions.ToETag(current.ETag), exception);
        }
    }

    public async Task<bool> DeleteAsync(string name, WriteCondition condition, CancellationToken cancellationToken)
    {
        var blob = BlobOf(name);
        try
        {
            if (condition.RequiresAbsence)
            {
                return await blob.FindPropertiesAsync(cancellationToken) is { } present
                    ? throw new PreconditionFailedException(name, condition, BlobConditions.ToETag(present.ETag))
                    : false;
            }

            await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, BlobConditions.Of(condition), cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return condition.Expected is null ? false : throw new PreconditionFailedException(name, condition, null, exception);
        }
        catch (RequestFailedException exception) when (BlobConditions.IsRefused(exception))
        {
            throw new PreconditionFailedException(name, condition, null, exception);
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string begin, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, _prefix + begin, cancellationToken))
            yield return blob.Name[_prefix.Length..];
    }

    private BlobClient BlobOf(string name) => container.GetBlobClient(_prefix + DocumentName.Check(name));
}
