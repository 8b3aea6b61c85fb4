using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace StableVideo.Storage;

/// <summary>A store in a container of Azure Blob Storage, or of anything that speaks its protocol.</summary>
/// <remarks>
/// Artifacts are the blobs <c>artifacts/ab/sha256-ab...</c>, used last when the blob was changed last; documents are the blobs <c>documents/NAME</c>, whose
/// blob ETags are their tags.
/// Content passes through temporary files, never wholly through memory.
/// </remarks>
public sealed class BlobArtifactStore : IArtifactStore
{
    private const string WriteIdKey = "writeid";
    private const string LastUseKey = "lastuse";
    private readonly BlobContainerClient _container;
    private readonly string _artifacts;
    private readonly string _documents;
    private readonly string _temporary;
    private readonly ArtifactStoreOptions _options;
    private readonly StoreQuota? _quota;

    /// <summary>Uses <paramref name="container"/>, which must exist; see <see cref="OpenAsync"/>.</summary>
    /// <param name="container">The container; get it from <see cref="BlobService"/>, whose patience is short and whose errors say that a service is down.</param>
    /// <param name="temporaryFolder">Where unfinished transfers and materialized artifacts lie; by default in the system's folder for temporary files.</param>
    /// <param name="options">How uses are recorded; <see langword="null"/> for the defaults.</param>
    public BlobArtifactStore(BlobContainerClient container, string? temporaryFolder = null, ArtifactStoreOptions? options = null)
        : this(container, prefix: "", temporaryFolder, options, TenantName.Default, allowedBytes: null)
    {
    }

    /// <summary>The store of a tenant in the part of a container whose blobs begin with <paramref name="prefix"/>: empty, or ending with a slash.</summary>
    internal BlobArtifactStore(
        BlobContainerClient container, string prefix, string? temporaryFolder, ArtifactStoreOptions? options, string tenant, long? allowedBytes)
    {
        (_container, _artifacts, _documents) = (container, prefix + "artifacts/", prefix + "documents/");
        _temporary = Directory.CreateDirectory(temporaryFolder ?? Path.Combine(Path.GetTempPath(), "stablevideo")).FullName;
        _options = options ?? new ArtifactStoreOptions();
        _quota = allowedBytes is { } bytes ? new StoreQuota(tenant, bytes, this) : null;
    }

    /// <summary>Opens a store, making the container when it is missing.</summary>
    public static async Task<BlobArtifactStore> OpenAsync(
        BlobContainerClient container, string? temporaryFolder = null, ArtifactStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return new BlobArtifactStore(container, temporaryFolder, options);
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
                id = await DurableFile.CopyHashedAsync(content, file, cancellationToken, _quota);
            await using var upload = File.OpenRead(temporary);
            await UploadAsync(id, upload, cancellationToken);
            return id;
        }
        catch (IOException exception) when (DiskFailure.Describe(exception) is { } complaint)
        {
            throw NoTemporaryFile(complaint, exception);
        }
        finally
        {
            File.Delete(temporary);
        }
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
    public async Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        var blob = ArtifactBlob(id);
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            if (_options.IsDue(properties.LastModified))
                await blob.SetMetadataAsync(new Dictionary<string, string> { [LastUseKey] = $"{_options.Clock.GetUtcNow():u}" }, cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredArtifact> ListArtifactsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, _artifacts, cancellationToken))
        {
            if (ArtifactId.TryParse(blob.Name[(blob.Name.LastIndexOf('/') + 1)..], out var id))
                yield return new StoredArtifact(id, blob.Properties.ContentLength ?? 0, blob.Properties.LastModified ?? DateTimeOffset.MaxValue);
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default)
    {
        // The service knows times to the second: a blob changed within the second before unusedSince may have been changed after it.
        var condition = new BlobRequestConditions { IfUnmodifiedSince = _options.CheckUnusedSince(unusedSince).AddSeconds(-1) };
        try
        {
            return await ArtifactBlob(id).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, condition, cancellationToken);
        }
        catch (RequestFailedException exception) when (IsRefused(exception))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default)
    {
        try
        {
            // A touch meanwhile changes the blob's tag, never its content.
            return await ArtifactBlob(id).OpenReadAsync(new BlobOpenReadOptions(allowModifications: true), cancellationToken);
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
        catch (IOException exception) when (DiskFailure.Describe(exception) is { } complaint)
        {
            local.Dispose();
            throw NoTemporaryFile(complaint, exception);
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
            return new NamedDocument(name, result.Content.ToMemory(), ToETag(result.Details.ETag), result.Details.LastModified);
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
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, _documents + prefix, cancellationToken))
            yield return blob.Name[_documents.Length..];
    }

    private async Task UploadAsync(ArtifactId id, Stream content, CancellationToken cancellationToken)
    {
        if (await TouchAsync(id, cancellationToken))
            return;
        if (_quota is not null)
            await _quota.ChargeAsync(content.Length, cancellationToken);
        do
        {
            content.Position = 0;
            if (await TryUploadAsync(id, content, cancellationToken))
                return;
        }
        while (!await TouchAsync(id, cancellationToken));
        if (_quota is not null)
            await _quota.RefundAsync(content.Length, cancellationToken);
    }

    /// <summary>
    /// Whether the bytes were stored. Otherwise somebody else stored them meanwhile: they count as used by this call once they are touched, or are gone
    /// again by then.
    /// </summary>
    private async Task<bool> TryUploadAsync(ArtifactId id, Stream content, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { Conditions = ConditionsOf(WriteCondition.MustNotExist), TransferOptions = BlobService.Transfers };
        try
        {
            await ArtifactBlob(id).UploadAsync(content, options, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (IsRefused(exception))
        {
            return false;
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
        return _container.GetBlobClient($"{_artifacts}{value.AsSpan(ArtifactId.Prefix.Length, 2)}/{value}");
    }

    private BlobClient DocumentBlob(string name) => _container.GetBlobClient(_documents + DocumentName.Check(name));

    private StoreUnavailableException NoTemporaryFile(string complaint, IOException exception) =>
        new($"The disk of the folder for temporary files {_temporary}", complaint, exception);

    private string TemporaryPath(string suffix) => Path.Combine(_temporary, Guid.NewGuid().ToString("n") + suffix);
}
