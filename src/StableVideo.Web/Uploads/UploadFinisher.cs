using System.Collections.Concurrent;
using StableVideo.Client;
using StableVideo.Storage;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Uploads;

/// <summary>Looks at complete uploads and makes videos of them. What was not brought to an end is begun anew when somebody asks for the upload.</summary>
internal sealed partial class UploadFinisher(UploadRecords records, ITenantStores stores, IVideos videos, ILogger<UploadFinisher> logger)
{
    private readonly ConcurrentDictionary<(string Tenant, string Id), Lazy<Task>> _underWay = new();

    /// <summary>Begins, or joins what was begun here; never fails.</summary>
    public Task FinishAsync(string tenant, string id) =>
        _underWay.GetOrAdd((tenant, id), key => new Lazy<Task>(() => Task.Run(() => TryFinishAsync(key.Tenant, key.Id)))).Value;

    /// <summary>The video that an upload became; <see langword="null"/> when it was deleted since.</summary>
    public async Task<Video?> VideoAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await videos.GetAsync(ForTenant(tenant), id, cancellationToken);
        }
        catch (ProblemException problem) when (problem.Status == 404)
        {
            return null;
        }
    }

    private static Caller ForTenant(string tenant) => new(tenant, null, Scopes.ReadVideos | Scopes.WriteVideos);

    private async Task TryFinishAsync(string tenant, string id)
    {
        try
        {
            if (await records.FindAsync(tenant, id, CancellationToken.None) is { Record.IsDue: true } upload)
                _ = await records.ChangeAsync(tenant, upload, await LookAsync(tenant, upload.Record), CancellationToken.None);
        }
        catch (PreconditionFailedException)
        {
            // Another process was faster, or the upload was deleted.
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception, id);
        }
        finally
        {
            _underWay.TryRemove((tenant, id), out _);
        }
    }

    private async Task<UploadRecord> LookAsync(string tenant, UploadRecord upload)
    {
        try
        {
            await using var content = new JoinedParts(stores.For(tenant), upload.Parts);
            var video = await videos.AddAsync(ForTenant(tenant), content, upload.Purpose, upload.Name);
            return upload with { Parts = [], Video = video.Id };
        }
        catch (ProblemException problem) when (problem.Status is < 500 or 507)
        {
            return upload with { Parts = [], Error = problem.Message };
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upload {Id} could not be looked at; it is tried again when somebody asks for it")]
    private static partial void LogFailed(ILogger logger, Exception exception, string id);
}
