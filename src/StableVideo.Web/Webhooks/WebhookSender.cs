using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Web.Webhooks;

/// <summary>
/// Sends what is noted for webhooks until their receivers have taken it. Any number of gateways may do so: who sends a notice first moves its time into
/// the future, over the version that was read; if that gateway dies, another sends it after that time. Events come to a receiver one after the other, and
/// a slow receiver holds up nobody but itself.
/// </summary>
internal sealed partial class WebhookSender(
    WebhookBooks books, DeliveryLog log, WebhookPost post, IOptions<WebhookSettings> options, TimeProvider clock, ILogger<WebhookSender> logger) : BackgroundService
{
    private const int MostAtOnce = 16;
    private readonly WebhookSettings _settings = options.Value;

    /// <summary>When each notice that waits is due, so that waiting costs no reading.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _later = new(StringComparer.Ordinal);

    /// <summary>Webhooks that something is being sent to.</summary>
    private readonly ConcurrentDictionary<string, Task> _busy = new(StringComparer.Ordinal);

    /// <summary>Sends what is due, and ends when that is done.</summary>
    public async Task SendDueAsync(CancellationToken cancellationToken)
    {
        await StartDueAsync(cancellationToken);
        await Task.WhenAll(_busy.Values);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_settings.Every, clock, stoppingToken);
                await StartDueAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(logger, exception);
            }
        }
    }

    private async Task StartDueAsync(CancellationToken cancellationToken)
    {
        var names = await books.ListNoticesAsync(cancellationToken).ToListAsync(cancellationToken);
        foreach (var gone in _later.Keys.Except(names).ToList())
            _later.TryRemove(gone, out _);
        var now = clock.GetUtcNow();
        foreach (var due in names.Where(name => !_later.TryGetValue(name, out var at) || at <= now).GroupBy(name => name[..name.LastIndexOf('/')]))
        {
            if (_busy.Count >= MostAtOnce)
                return;
            if (_busy.ContainsKey(due.Key))
                continue;
            // Entered before it can end.
            var work = new Task<Task>(() => SendAllAsync(due.Key, [.. due], cancellationToken));
            _busy[due.Key] = work.Unwrap();
            work.Start(TaskScheduler.Default);
        }
    }

    private async Task SendAllAsync(string webhook, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        try
        {
            // Ids say nothing of the order in which things happened.
            var notices = new List<(string Name, WebhookNotice Notice, ETag Version)>();
            foreach (var name in names)
            {
                if (await books.ReadNoticeAsync(name, cancellationToken) is { } read)
                    notices.Add((name, read.Notice, read.Version));
            }

            foreach (var (name, notice, version) in notices.OrderBy(notice => notice.Notice.At))
                await DeliverAsync(name, notice, version, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, exception);
        }
        catch (OperationCanceledException)
        {
            // The host stops: another one, or the next start, sends what is left.
        }
        finally
        {
            _busy.TryRemove(webhook, out _);
        }
    }

    private async Task DeliverAsync(string name, WebhookNotice notice, ETag version, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (notice.NotBefore > now)
        {
            _later[name] = notice.NotBefore;
            return;
        }

        var webhook = await books.FindAsync(notice.Tenant, notice.Webhook, cancellationToken);
        var known = (await log.ReadAsync(notice.Tenant, notice.Webhook, cancellationToken)).FirstOrDefault(delivery => delivery.Id == notice.Id);
        if (webhook is null || known?.State == DeliveryState.Delivered)
        {
            await books.DropNoticeAsync(name, cancellationToken);
            return;
        }

        if (webhook.DisabledAt is not null)
        {
            await log.NoteAsync(notice, null, DeliveryState.Failed, null, cancellationToken);
            await books.DropNoticeAsync(name, cancellationToken);
            return;
        }

        try
        {
            notice = notice with { NotBefore = now + _settings.AnswerPatience + TimeSpan.FromSeconds(15) };
            version = await books.WriteNoticeAsync(notice, version, cancellationToken);
        }
        catch (PreconditionFailedException)
        {
            return; // Another gateway sends it.
        }

        var attempt = await post.SendAsync(webhook, notice, cancellationToken);
        await SettleAsync(name, notice with { Attempts = notice.Attempts + 1 }, version, attempt, cancellationToken);
    }

    private async Task SettleAsync(string name, WebhookNotice notice, ETag version, DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Error is not null && attempt.Status != StatusCodes.Status410Gone && notice.Attempts <= _settings.Schedule.Count)
        {
            // By chance somewhat sooner or later, so that events that failed together do not come back together.
            var next = clock.GetUtcNow() + (_settings.Schedule[notice.Attempts - 1] * (0.9 + (0.2 * Random.Shared.NextDouble())));
            await log.NoteAsync(notice, attempt, DeliveryState.Pending, next, cancellationToken);
            _ = await books.WriteNoticeAsync(notice with { NotBefore = next }, version, cancellationToken);
            _later[name] = next;
            return;
        }

        await log.NoteAsync(notice, attempt, attempt.Error is null ? DeliveryState.Delivered : DeliveryState.Failed, null, cancellationToken);
        if (attempt.Error is not null)
            await DisableAsync(notice, attempt, cancellationToken);
        await books.DropNoticeAsync(name, cancellationToken);
    }

    /// <summary>A receiver that wants no more events, or has taken none for as long as one was tried, is left alone until somebody looks after it.</summary>
    private async Task DisableAsync(WebhookNotice notice, DeliveryAttempt attempt, CancellationToken cancellationToken)
    {
        var deliveries = await log.ReadAsync(notice.Tenant, notice.Webhook, cancellationToken);
        if (attempt.Status != StatusCodes.Status410Gone && deliveries.Any(delivery => delivery.State == DeliveryState.Delivered && delivery.Attempts.Any(other => other.At >= notice.At)))
            return;
        var now = clock.GetUtcNow();
        _ = await books.ChangeAsync(notice.Tenant, notice.Webhook, webhook => webhook with { DisabledAt = webhook.DisabledAt ?? now, DisabledBecause = webhook.DisabledBecause ?? attempt.Error }, cancellationToken);
        LogDisabled(logger, notice.Webhook, notice.Tenant, attempt.Error!);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events could not be sent to webhooks; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Webhook} of tenant {Tenant} is disabled: {Reason}")]
    private static partial void LogDisabled(ILogger logger, string webhook, string tenant, string reason);
}
