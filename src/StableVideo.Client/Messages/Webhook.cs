namespace StableVideo.Client;

/// <summary>An address that is told what happens to jobs.</summary>
public sealed record Webhook
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>Where events are sent.</summary>
    public required string Url { get; init; }

    /// <summary>The events it asks for, such as <c>job.completed</c>; empty: all.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when nothing is sent to it; <see langword="null"/>: it is in use.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Why nothing is sent to it, in words.</summary>
    public string? DisabledBecause { get; init; }
}

/// <summary>A webhook that is wanted.</summary>
public sealed record WebhookRequest
{
    /// <summary>Where events are to be sent: an https address that is reachable from the internet, or one that the server's operator has allowed.</summary>
    public required string Url { get; init; }

    /// <summary>The events wanted; empty: all.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>A secret of one's own: <c>whsec_</c> and 24 to 64 bytes in base64. <see langword="null"/>: the server makes one.</summary>
    public string? Secret { get; init; }
}

/// <summary>A webhook with the secret by which its events are signed.</summary>
/// <param name="Secret">The secret, <c>whsec_...</c>: it is never shown again.</param>
/// <param name="Webhook">The webhook.</param>
public sealed record NewWebhook(string Secret, Webhook Webhook);

/// <summary>What a webhook is sent, as JSON.</summary>
public sealed record WebhookEvent
{
    /// <summary>What happened: <c>job.submitted</c>, <c>job.completed</c>, <c>job.failed</c>, <c>job.cancelled</c> or <c>webhook.test</c>.</summary>
    public required string Type { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The job; <see langword="null"/> in a test.</summary>
    public JobSummary? Data { get; init; }
}

/// <summary>An event on its way to a webhook, or there.</summary>
public sealed record WebhookDelivery
{
    /// <summary>Names the event: the header <c>webhook-id</c>, the same whenever it is sent.</summary>
    public required string Id { get; init; }

    /// <summary>What happened.</summary>
    public required string Event { get; init; }

    /// <summary>The job's id.</summary>
    public string? Job { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How far it is.</summary>
    public DeliveryState State { get; init; }

    /// <summary>The attempts to send it, oldest first; the last ten.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    /// <summary>When it is tried next.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }
}

/// <summary>How far a delivery is.</summary>
public enum DeliveryState
{
    /// <summary>It is tried again.</summary>
    Pending,

    /// <summary>The receiver has taken it.</summary>
    Delivered,

    /// <summary>It was given up.</summary>
    Failed,
}

/// <summary>One attempt to send an event.</summary>
/// <param name="At">When it began.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Status">HTTP status of the answer; <see langword="null"/> when there was none.</param>
/// <param name="Error">What went wrong, in words; <see langword="null"/> when the receiver has taken it.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, double Seconds, int? Status, string? Error);
