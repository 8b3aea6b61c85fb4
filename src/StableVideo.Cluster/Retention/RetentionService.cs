using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>
/// Collects the store now and then. Every silo runs one; the document <c>collections/turn</c>, rewritten under a condition when the last turn is old
/// enough, gives each turn to one of them.
/// </summary>
internal sealed partial class RetentionService(ITenantStores stores, IOptions<RetentionOptions> options, TimeProvider clock, ILogger<RetentionService> logger) : BackgroundService
{
    private const string Turn = "collections/turn";
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var every = options.Value.Every;
        if (every <= TimeSpan.Zero)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await TakeTurnAsync(every, stoppingToken))
                    await CollectAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }

            await Task.Delay(every < LongestWait ? every : LongestWait, clock, stoppingToken);
        }
    }

    /// <summary>Whether a collection is due and this silo is the one to do it.</summary>
    private async Task<bool> TakeTurnAsync(TimeSpan every, CancellationToken cancellationToken)
    {
        var last = await stores.System.ReadDocumentAsync(Turn, cancellationToken);
        if (last is not null && clock.GetUtcNow() - last.WrittenAt < every)
            return false;
        try
        {
            var condition = last is null ? WriteCondition.MustNotExist : WriteCondition.Matches(last.ETag);
            await stores.System.WriteDocumentAsync(Turn, "{}"u8.ToArray(), condition, cancellationToken);
            return true;
        }
        catch (PreconditionFailedException)
        {
            return false;
        }
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        var policy = options.Value.ToPolicy();
        var report = await new ArtifactCollector(stores, JobClaims.All(policy), policy, clock).CollectAsync(cancellationToken: cancellationToken);
        LogCollected(logger, report.Total.ArtifactsDeleted, report.Total.BytesFreed, report.Total.BytesKept);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Collected the store: {Deleted} artifacts deleted, {Freed} bytes freed, {Kept} bytes kept")]
    private static partial void LogCollected(ILogger logger, long deleted, long freed, long kept);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store could not be collected; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
