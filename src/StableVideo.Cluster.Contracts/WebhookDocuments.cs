using System.Security.Cryptography;
using System.Text;

namespace StableVideo.Cluster;

/// <summary>
/// Documents in the system's store by which tenants are told of their jobs: the book of a tenant's webhooks, and one notice for each webhook and event
/// until it has been delivered or given up.
/// </summary>
public static class WebhookDocuments
{
    /// <summary>What names of all tenants' notices start with.</summary>
    public const string NoticePrefix = "webhooks-due/";

    /// <summary>Event of a job that was submitted.</summary>
    public const string Submitted = "job.submitted";

    /// <summary>Event of a job that has reached its goal.</summary>
    public const string Completed = "job.completed";

    /// <summary>Event of a job that has failed.</summary>
    public const string Failed = "job.failed";

    /// <summary>Event of a job that was cancelled.</summary>
    public const string Cancelled = "job.cancelled";

    /// <summary>All events.</summary>
    public static IReadOnlyList<string> Events { get; } = [Submitted, Completed, Failed, Cancelled];

    /// <summary>Name of the book of a tenant's webhooks.</summary>
    public static string BookOf(string tenant) => $"webhooks/{tenant}";

    /// <summary>Name of a notice.</summary>
    public static string NameOf(WebhookNotice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return $"{NoticePrefix}{notice.Tenant}/{notice.Webhook}/{notice.Id}";
    }

    /// <summary>
    /// What a webhook is to be told of a job; <see langword="null"/> when it does not ask for that. The same state of a job gives the same id, whoever notes it
    /// and how often.
    /// </summary>
    public static WebhookNotice? NoticeFor(WebhookEntry webhook, string tenant, JobIndexEntry job)
    {
        ArgumentNullException.ThrowIfNull(webhook);
        ArgumentNullException.ThrowIfNull(job);
        var happened = job.End switch
        {
            null => Submitted,
            JobState.Completed => Completed,
            JobState.Cancelled => Cancelled,
            _ => Failed,
        };
        if (webhook.DisabledAt is not null || (webhook.Events.Count > 0 && !webhook.Events.Contains(happened)))
            return null;
        var at = job.EndedAt ?? job.SubmittedAt;
        var text = string.Join('\n', tenant, webhook.Id, job.Id, happened, at.UtcTicks);
        var id = $"msg_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16))}";
        return new WebhookNotice { Id = id, Tenant = tenant, Webhook = webhook.Id, Event = happened, At = at, Job = job };
    }
}

/// <summary>A tenant's webhooks, as JSON.</summary>
/// <param name="Webhooks">The webhooks, oldest first.</param>
public sealed record WebhookBook(IReadOnlyList<WebhookEntry> Webhooks);

/// <summary>One webhook.</summary>
public sealed record WebhookEntry
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>Where events are sent.</summary>
    public required string Url { get; init; }

    /// <summary>The events it asks for; empty: all.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Secret by which events are signed, encrypted by the gateways.</summary>
    public required string Secret { get; init; }

    /// <summary>The secret before that, encrypted.</summary>
    public string? FormerSecret { get; init; }

    /// <summary>Until when events are signed by the former secret too.</summary>
    public DateTimeOffset? FormerSecretUntil { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when nothing is sent to it; <see langword="null"/>: it is in use.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Why nothing is sent to it, in words.</summary>
    public string? DisabledBecause { get; init; }
}

/// <summary>Something that a webhook is still to be told.</summary>
public sealed record WebhookNotice
{
    /// <summary>Names it, the same whenever it is sent.</summary>
    public required string Id { get; init; }

    /// <summary>Whose job it is.</summary>
    public required string Tenant { get; init; }

    /// <summary>Id of the webhook.</summary>
    public required string Webhook { get; init; }

    /// <summary>What happened, such as <c>job.completed</c>.</summary>
    public required string Event { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The job.</summary>
    public JobIndexEntry? Job { get; init; }

    /// <summary>How often it was tried to send it.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried next; a sender that is at work has moved it into the future.</summary>
    public DateTimeOffset NotBefore { get; init; }
}
