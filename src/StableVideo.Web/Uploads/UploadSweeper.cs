using StableVideo.Storage;

namespace StableVideo.Web.Uploads;

/// <summary>Drops uploads that have expired. Their parts, which nothing names then, go with the next collection of the store.</summary>
internal sealed partial class UploadSweeper(UploadRecords records, ITenantStores stores, TimeProvider clock, ILogger<UploadSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);

    /// <summary>Sweeps once.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await foreach (var tenant in stores.ListAsync(cancellationToken))
        {
            await foreach (var upload in records.ListAsync(tenant, cancellationToken))
            {
                if (upload.Record.ExpiresAt < clock.GetUtcNow())
                    _ = await records.DeleteAsync(tenant, upload, cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Every, clock, stoppingToken);
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired uploads could not be dropped; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
