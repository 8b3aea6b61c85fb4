using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StableVideo.Storage;

/// <summary>Conditions and tags in the words of the blob service.</summary>
internal static class BlobConditions
{
    public static BlobRequestConditions? Of(WriteCondition condition) =>
        condition.RequiresAbsence ? new BlobRequestConditions { IfNoneMatch = Azure.ETag.All }
        : condition.Expected is { } etag ? new BlobRequestConditions { IfMatch = new Azure.ETag(etag.Value) }
        : null;

    public static bool IsRefused(RequestFailedException exception) => exception.Status is 409 or 412;

    public static ETag ToETag(Azure.ETag etag) => new(etag.ToString("H"));

    /// <summary>The blob's properties, or <see langword="null"/> when there is no such blob.</summary>
    public static async Task<BlobProperties?> FindPropertiesAsync(this BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            return await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }
}
