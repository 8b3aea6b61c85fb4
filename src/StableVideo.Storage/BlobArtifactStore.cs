using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StableVideo.Storage;

/// <summary>A store in a container of Azure Blob Storage, or of anything that speaks its protocol.</summary>
/// <remarks>
/// Artifacts are the blobs <c>artifacts/ab/sha256-ab...</c>, documents the blobs <c>documents/NAME</c>, whose blob ETags are their tags.
/// Content passes through temporary files, never wholly through memory.
/// </remarks>
public sealed class BlobArtifactStore : IArtifactStore
{
    private const string Documents = "documents/";
    private const string WriteIdKey = "writeid";
    private readonly BlobContainerClient _container;
    private readonly string _temporary;

    /// <summary>Uses <paramref name="container"/>, which must exist; see <see cref="OpenAsync"/>.</summary>
    /// <param name="container">The container.</param>
    /// <param name="temporaryFolder">Where unfinished transfers and materialized artifacts lie; by default in the system's folder for temporary files.</param>
    public BlobArtifactStore(BlobContainerClient container, string? temporaryFolder = null)
    {
        _container = container;
        _temporary = Directory.CreateDirectory(temporaryFolder ?? Path.Combine(Path.GetTempPath(), "stablevideo")).FullName;
    }

    /// <summary>Opens a store, making the container when it is missing.</summary>
    public static async Task<BlobArtifactStore> OpenAsync(BlobContainerClient container, string? temporaryFolder = null, CancellationToken cancellationToken = default)
    {
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return new BlobArtifactStore(container, temporaryFolder);
    }

    /// <inheritdoc/>
    public async Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var temporary = TemporaryPath(string.Empty);
        try
        {
            ArtifactId id;
            await using (var file = DurableFile.Create(temporary))
                id = await DurableFile.CopyHashedAsync(content, file, cancellationToken);
            await using var upload = File.OpenRead(temporary);
            await UploadAsync(id, upload, cancellationToken);
            return id;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public async Task<ArtifactId> PutFileAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await PutAsync(file, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default)
    {
        var id = ArtifactId.Of(content.Span);
        using var stream = new ReadOnlyMemoryStream(content);
        await UploadAsync(id, stream, cancellationToken);
        return id;
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) => await ArtifactBlob(id).ExistsAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        try
        {
            return await ArtifactBlob(id).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            throw new ArtifactNotFoundException(id, exception);
        }
    }

    /// <inheritdoc/>
    public async Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default)
    {
        var local = new LocalFile(TemporaryPath(LocalFile.CheckExtension(extension)), temporary: true);
        try
        {
            ArtifactId found;
            await using (var source = await OpenReadAsync(id, cancellationToken))
            await using (var file = DurableFile.Create(local.Path))
                found = await DurableFile.CopyHashedAsync(source, file, cancellationToken);
            if (found != id)
                throw new InvalidDataException($"Artifact {id} arrived with the content of {found}. The store or the transfer is damaged; store the artifact again.");
            return local;
        }
        catch
        {
            local.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            BlobDownloadResult result = await DocumentBlob(name).DownloadContentAsync(cancellationToken);
            return new NamedDocument(name, result.Content.ToMemory(), ToETag(result.Details.ETag));
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        var blob = DocumentBlob(name);
        var writeId = Guid.NewGuid().ToString("n");
        var options = new BlobUploadOptions { Conditions = ConditionsOf(condition), Metadata = new Dictionary<string, string> { [WriteIdKey] = writeId } };
        try
        {
            BlobContentInfo info = await blob.UploadAsync(new BinaryData(content), options, cancellationToken);
            return ToETag(info.ETag);
        }
        catch (RequestFailedException exception) when (IsRefused(exception))
        {
            // A repeated request whose first answer was lost is refused because of its own success.
            var current = await PropertiesAsync(blob, cancellationToken);
            return current?.Metadata.TryGetValue(WriteIdKey, out var found) == true && found == writeId
                ? ToETag(current.ETag)
                : throw new PreconditionFailedException(name, condition, current is null ? null : ToETag(current.ETag), exception);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default)
    {
        var blob = DocumentBlob(name);
        try
        {
            if (condition.RequiresAbsence)
            {
                return await PropertiesAsync(blob, cancellationToken) is { } present
                    ? throw new PreconditionFailedException(name, condition, ToETag(present.ETag))
                    : false;
            }

            await blob.DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, ConditionsOf(condition), cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return condition.Expected is null ? false : throw new PreconditionFailedException(name, condition, null, exception);
        }
        catch (RequestFailedException exception) when (IsRefused(exception))
        {
            throw new PreconditionFailedException(name, condition, null, exception);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListDocumentsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, Documents + prefix, cancellationToken))
            yield return blob.Name[Documents.Length..];
    }

    private async Task UploadAsync(ArtifactId id, Stream content, CancellationToken cancellationToken)
    {
        var blob = ArtifactBlob(id);
        if (await blob.ExistsAsync(cancellationToken))
            return;
        try
        {
            await blob.UploadAsync(content, new BlobUploadOptions { Conditions = ConditionsOf(WriteCondition.MustNotExist) }, cancellationToken);
        }
        catch (RequestFailedException exception) when (IsRefused(exception))
        {
            // Somebody else stored the same bytes meanwhile.
        }
    }

    private static async Task<BlobProperties?> PropertiesAsync(BlobClient blob, CancellationToken cancellationToken)
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

    private static BlobRequestConditions? ConditionsOf(WriteCondition condition) =>
        condition.RequiresAbsence ? new BlobRequestConditions { IfNoneMatch = Azure.ETag.All }
        : condition.Expected is { } etag ? new BlobRequestConditions { IfMatch = new Azure.ETag(etag.Value) }
        : null;

    private static bool IsRefused(RequestFailedException exception) => exception.Status is 409 or 412;

    private static ETag ToETag(Azure.ETag etag) => new(etag.ToString("H"));

    private BlobClient ArtifactBlob(ArtifactId id)
    {
        var value = ArtifactId.Parse(id.Value).Value;
        return _container.GetBlobClient($"artifacts/{value.AsSpan(ArtifactId.Prefix.Length, 2)}/{value}");
    }

    private BlobClient DocumentBlob(string name) => _container.GetBlobClient(Documents + DocumentName.Check(name));

    private string TemporaryPath(string suffix) => Path.Combine(_temporary, Guid.NewGuid().ToString("n") + suffix);
}
