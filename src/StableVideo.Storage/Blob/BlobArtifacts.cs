using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace StableVideo.Storage;

/// <summary>
/// The artifacts of a blob store: the blobs <c>artifacts/ab/sha256-ab...</c>, used last when the blob was changed last. Content passes through temporary
/// files, never wholly through memory.
/// </summary>
internal sealed class BlobArtifacts(BlobContainerClient container, string prefix, string temporaryFolder, ArtifactStoreOptions options, StoreQuota? quota)
{
    private const string LastUseKey = "lastuse";
    private readonly string _prefix = prefix + "artifacts/";

    public async Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        var temporary = TemporaryPath(string.Empty);
        try
        {
            ArtifactId id;
            await using (var file = DurableFile.Create(temporary))
                id = await DurableFile.CopyHashedAsync(content, file, cancellationToken, quota);
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

    public async Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = ArtifactId.Of(content.Span);
        using var stream = new ReadOnlyMemoryStream(content);
        await UploadAsync(id, stream, cancellationToken);
        return id;
    }

    public async Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken) => await BlobOf(id).ExistsAsync(cancellationToken);

    public async Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        var blob = BlobOf(id);
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            if (options.IsDue(properties.LastModified))
                await blob.SetMetadataAsync(new Dictionary<string, string> { [LastUseKey] = $"{options.Clock.GetUtcNow():u}" }, cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            return false;
        }
    }

    public async IAsyncEnumerable<StoredArtifact> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, _prefix, cancellationToken))
        {
            if (ArtifactId.TryParse(blob.Name[(blob.Name.LastIndexOf('/') + 1)..], out var id))
                yield return new StoredArtifact(id, blob.Properties.ContentLength ?? 0, blob.Properties.LastModified ?? DateTimeOffset.MaxValue);
        }
    }

    public async Task<bool> DeleteAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        // The service knows times to the second: a blob changed within the second before unusedSince may have been changed after it.
        var condition = new BlobRequestConditions { IfUnmodifiedSince = options.CheckUnusedSince(unusedSince).AddSeconds(-1) };
        try
        {
            return await BlobOf(id).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, condition, cancellationToken);
        }
        catch (RequestFailedException exception) when (BlobConditions.IsRefused(exception))
        {
            return false;
        }
    }

    public async Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken)
    {
        try
        {
            // A touch meanwhile changes the blob's tag, never its content.
            return await BlobOf(id).OpenReadAsync(new BlobOpenReadOptions(allowModifications: true), cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            throw new ArtifactNotFoundException(id, exception);
        }
    }

    public async Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken)
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

    public async Task<Uri?> SignAsync(
        ArtifactId id, long leastBytes, TimeSpan lifetime, string contentType, string? fileName, CancellationToken cancellationToken)
    {
        var blob = BlobOf(id);
        if (!blob.CanGenerateSasUri || await blob.FindPropertiesAsync(cancellationToken) is not { } properties || properties.ContentLength < leastBytes)
            return null;
        var builder = new BlobSasBuilder(BlobSasPermissions.Read, DateTimeOffset.UtcNow + lifetime)
        {
            BlobContainerName = blob.BlobContainerName,
            BlobName = blob.Name,
            Resource = "b",
            ContentType = contentType,
            ContentDisposition = fileName is null ? null : $"attachment; filename=\"{fileName}\"",
        };
        return blob.GenerateSasUri(builder);
    }

    private async Task UploadAsync(ArtifactId id, Stream content, CancellationToken cancellationToken)
    {
        if (await TouchAsync(id, cancellationToken))
            return;
        if (quota is not null)
            await quota.ChargeAsync(content.Length, cancellationToken);
        do
        {
            content.Position = 0;
            if (await TryUploadAsync(id, content, cancellationToken))
                return;
        }
        while (!await TouchAsync(id, cancellationToken));
        if (quota is not null)
            await quota.RefundAsync(content.Length, cancellationToken);
    }

    /// <summary>
    /// Whether the bytes were stored. Otherwise somebody else stored them meanwhile: they count as used by this call once they are touched, or are gone
    /// again by then.
    /// </summary>
    private async Task<bool> TryUploadAsync(ArtifactId id, Stream content, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions { Conditions = BlobConditions.Of(WriteCondition.MustNotExist), TransferOptions = BlobService.Transfers };
        try
        {
            await BlobOf(id).UploadAsync(content, options, cancellationToken);
            return true;
        }
        catch (RequestFailedException exception) when (BlobConditions.IsRefused(exception))
        {
            return false;
        }
    }

    private BlobClient BlobOf(ArtifactId id)
    {
        var value = ArtifactId.Parse(id.Value).Value;
        return container.GetBlobClient($"{_prefix}{value.AsSpan(ArtifactId.Prefix.Length, 2)}/{value}");
    }

    private StoreUnavailableException NoTemporaryFile(string complaint, IOException exception) =>
        new($"The disk of the folder for temporary files {temporaryFolder}", complaint, exception);

    private string TemporaryPath(string suffix) => Path.Combine(temporaryFolder, Guid.NewGuid().ToString("n") + suffix);
}
