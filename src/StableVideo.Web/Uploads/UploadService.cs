using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Storage;
using StableVideo.Web.Hosting;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Uploads;

/// <summary>
/// Receives files in parts. A part counts once it is in the store and the upload's document names it; the document is changed only over the version that was
/// read, so any process can go on with any upload, and of two that go on at once one is refused.
/// </summary>
internal sealed class UploadService(UploadRecords records, UploadFinisher finisher, ITenantStores stores, IOptions<WebSettings> settings, TimeProvider clock)
{
    private const int MostUnfinished = 100;
    private static readonly TimeSpan InspectionPatience = TimeSpan.FromSeconds(2);

    /// <summary>Bytes received before they are written down: what a crash of this process can cost.</summary>
    private long _partBytes = 16 << 20;

    /// <summary>Writes down other parts than usual, for tests.</summary>
    public UploadService InPartsOf(long bytes)
    {
        _partBytes = bytes;
        return this;
    }

    public async Task<UploadRecords.Version> CreateAsync(
        Caller caller, long length, VideoPurpose purpose, string? name, string? metadata, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteVideos);
        var largest = purpose == VideoPurpose.Mask ? settings.Value.LargestMask : settings.Value.LargestUpload;
        if (length > largest)
            throw ReceivedFile.TooLarge(largest);
        if (length == 0)
            throw new ProblemException(422, "unreadable-media", "The file can not be used", "The file is empty. Upload another.");
        return await Guarded.CallAsync(
            async () =>
            {
                await CheckRoomAsync(caller.Tenant, length, cancellationToken);
                var record = new UploadRecord
                {
                    Id = Guid.NewGuid().ToString("n"),
                    Length = length,
                    Purpose = purpose,
                    Name = name,
                    Metadata = metadata,
                    ExpiresAt = Expiry(),
                };
                return await records.AddAsync(caller.Tenant, record, cancellationToken);
            },
            cancellationToken);
    }

    /// <exception cref="ProblemException">There is none, or it has expired.</exception>
    public async Task<UploadRecords.Version> FindAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteVideos);
        var found = await Guarded.CallAsync(() => records.FindAsync(caller.Tenant, id, cancellationToken), cancellationToken) ?? throw UploadProblems.NotFound();
        return found.Record.ExpiresAt < clock.GetUtcNow() ? throw UploadProblems.Expired() : found;
    }

    /// <summary>Receives bytes from <paramref name="offset"/> on; what came before the sender was cut off is kept, unless there is a checksum.</summary>
    /// <param name="caller">Whose upload it is.</param>
    /// <param name="id">The upload.</param>
    /// <param name="offset">Where the sender thinks that the upload stands.</param>
    /// <param name="body">The bytes.</param>
    /// <param name="checksum">What all bytes together must hash to.</param>
    /// <param name="aborted">The sender is gone.</param>
    public async Task<UploadRecord> AppendAsync(
        Caller caller, string id, long offset, Stream body, (HashAlgorithmName Algorithm, byte[] Hash)? checksum, CancellationToken aborted)
    {
        var upload = await FindAsync(caller, id, aborted);
        if (upload.Record.Offset != offset)
            throw UploadProblems.WrongOffset(offset, upload.Record.Offset);
        using var hash = checksum is { } expected ? IncrementalHash.CreateHash(expected.Algorithm) : null;
        var received = new List<UploadPart>();
        for (var isLast = false; !isLast;)
        {
            // One byte more than there is room for tells that more came than was announced.
            var room = upload.Record.Length - upload.Record.Offset - received.Sum(part => part.Bytes);
            var part = new PartStream(body, Math.Min(_partBytes, room + 1), bytes => hash?.AppendData(bytes), aborted);
            var artifact = await Guarded.CallAsync(() => stores.For(caller.Tenant).PutAsync(part, CancellationToken.None), CancellationToken.None);
            isLast = part.IsLast;
            if (part.Count > room)
                throw UploadProblems.TooLong(upload.Record.Length);
            if (part.Interruption is not null && checksum is not null)
                throw part.Interruption;
            if (part.Count > 0)
                received.Add(new UploadPart(artifact, part.Count));
            if (isLast && hash is not null && !CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), checksum!.Value.Hash))
                throw UploadProblems.WrongChecksum();
            if (isLast || hash is null)
            {
                upload = await AddPartsAsync(caller.Tenant, upload, received);
                received.Clear();
            }

            if (part.Interruption is { } interruption)
                throw interruption;
        }

        if (upload.Record.IsDue)
            _ = finisher.FinishAsync(caller.Tenant, id);
        return upload.Record;
    }

    public async Task DeleteAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        var upload = await FindAsync(caller, id, cancellationToken);
        while (!await Guarded.CallAsync(() => records.DeleteAsync(caller.Tenant, upload, cancellationToken), cancellationToken))
            upload = await FindAsync(caller, id, cancellationToken);
    }

    /// <summary>Where an upload stands. One that is complete is looked at now if nobody does.</summary>
    public async Task<Upload> DescribeAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        var upload = (await FindAsync(caller, id, cancellationToken)).Record;
        if (upload.IsDue)
        {
            _ = await Task.WhenAny(finisher.FinishAsync(caller.Tenant, id), Task.Delay(InspectionPatience, cancellationToken));
            upload = (await FindAsync(caller, id, cancellationToken)).Record;
        }

        return new Upload
        {
            Id = upload.Id,
            State = upload.Video is not null ? UploadState.Ready : upload.Error is not null ? UploadState.Refused : upload.IsDue ? UploadState.Inspecting : UploadState.Receiving,
            Offset = upload.Offset,
            Length = upload.Length,
            ExpiresAt = upload.ExpiresAt,
            Video = upload.Video is null ? null : await finisher.VideoAsync(caller.Tenant, upload.Video, cancellationToken),
            Error = upload.Error,
        };
    }

    private DateTimeOffset Expiry() => clock.GetUtcNow() + settings.Value.UploadLifetime;

    private async Task CheckRoomAsync(string tenant, long length, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (unfinished, announced) = (0, 0L);
        await foreach (var (other, _) in records.ListAsync(tenant, cancellationToken))
        {
            if (other.IsDecided || other.ExpiresAt < now)
                continue;
            unfinished++;
            announced += other.Length - other.Offset;
        }

        if (unfinished >= MostUnfinished)
            throw UploadProblems.TooMany(MostUnfinished);
        if (await stores.RoomAsync(tenant, cancellationToken) is { } room && room < length + announced)
        {
            var usage = await stores.UsageAsync(tenant, cancellationToken);
            throw new QuotaExceededException(tenant, usage.UsedBytes + announced, usage.AllowedBytes ?? 0, length);
        }
    }

    private async Task<UploadRecords.Version> AddPartsAsync(string tenant, UploadRecords.Version upload, IReadOnlyList<UploadPart> parts)
    {
        var longer = upload.Record with { Parts = [.. upload.Record.Parts, .. parts], ExpiresAt = Expiry() };
        try
        {
            return await Guarded.CallAsync(() => records.ChangeAsync(tenant, upload, longer, CancellationToken.None), CancellationToken.None);
        }
        catch (PreconditionFailedException)
        {
            throw UploadProblems.TakenOver();
        }
    }
}
