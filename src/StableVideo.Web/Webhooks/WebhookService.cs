using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Webhooks;

/// <summary>What tenants do with their webhooks.</summary>
internal sealed class WebhookService(
    WebhookBooks books, DeliveryLog log, WebhookPost post, ReachableAddresses addresses, IOptions<WebhookSettings> settings, TimeProvider clock)
{
    private const int LongestUrl = 2000;
    private static readonly TimeSpan FormerSecretCounts = TimeSpan.FromDays(1);

    public async Task<IReadOnlyList<Webhook>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteWebhooks);
        return [.. (await books.ReadAsync(caller.Tenant, cancellationToken)).Select(ToWire)];
    }

    public async Task<NewWebhook> AddAsync(Caller caller, WebhookRequest request, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteWebhooks);
        Check(request);
        var secret = request.Secret ?? WebhookSignature.CreateSecret();
        var webhook = new WebhookEntry
        {
            Id = $"wh_{RandomNumberGenerator.GetHexString(20, lowercase: true)}",
            Url = request.Url,
            Events = [.. request.Events.Distinct()],
            Secret = post.Protect(secret),
            CreatedAt = clock.GetUtcNow(),
        };
        _ = await books.ChangeAsync(
            caller.Tenant,
            present => present.Count < settings.Value.MostPerTenant
                ? [.. present, webhook]
                : throw new ProblemException(409, "too-many-webhooks", "There are too many webhooks", $"A tenant has at most {settings.Value.MostPerTenant} webhooks. Delete one that is not needed."),
            cancellationToken);
        return new NewWebhook(secret, ToWire(webhook));
    }

    public async Task<NewWebhook> RotateAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteWebhooks);
        var secret = WebhookSignature.CreateSecret();
        var changed = await ChangeAsync(
            caller.Tenant,
            id,
            webhook => webhook with { Secret = post.Protect(secret), FormerSecret = webhook.Secret, FormerSecretUntil = clock.GetUtcNow() + FormerSecretCounts },
            cancellationToken);
        return new NewWebhook(secret, changed);
    }

    public Task<Webhook> EnableAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteWebhooks);
        return ChangeAsync(caller.Tenant, id, webhook => webhook with { DisabledAt = null, DisabledBecause = null }, cancellationToken);
    }

    public async Task<DeliveryAttempt> TestAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteWebhooks);
        var webhook = await FindAsync(caller.Tenant, id, cancellationToken);
        var notice = new WebhookNotice
        {
            Id = $"msg_{RandomNumberGenerator.GetHexString(32, lowercase: true)}",
            Tenant = caller.Tenant,
            Webhook = id,
            Event = "webhook.test",
            At = clock.GetUtcNow(),
        };
        var attempt = await post.SendAsync(webhook, notice, cancellationToken);
        await log.NoteAsync(notice, attempt, attempt.Error is null ? DeliveryState.Delivered : DeliveryState.Failed, null, cancellationToken);
        return attempt;
    }

    public async Task<IReadOnlyList<WebhookDelivery>> DeliveriesAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteWebhooks);
        _ = await FindAsync(caller.Tenant, id, cancellationToken);
        return await log.ReadAsync(caller.Tenant, id, cancellationToken);
    }

    public async Task<bool> DeleteAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.WriteWebhooks);
        _ = await FindAsync(caller.Tenant, id, cancellationToken);
        var deleted = await books.ChangeAsync(
            caller.Tenant, webhooks => webhooks.Any(webhook => webhook.Id == id) ? [.. webhooks.Where(webhook => webhook.Id != id)] : null, cancellationToken);
        await log.DeleteAsync(caller.Tenant, id, cancellationToken);
        return deleted;
    }

    private void Check(WebhookRequest request)
    {
        if (request.Events.Except(WebhookDocuments.Events).ToList() is { Count: > 0 } unknown)
            throw Problem.Invalid($"'{unknown[0]}' is not an event. There are {string.Join(", ", WebhookDocuments.Events)}.");
        if (request.Secret is { } secret && !WebhookSignature.IsSecret(secret))
            throw Problem.Invalid("secret must be whsec_ and 24 to 64 bytes in base64; leave it out and one is made.");
        if (request.Url.Length > LongestUrl || !Uri.TryCreate(request.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw Problem.Invalid($"url must be an https address of at most {LongestUrl} characters, such as https://example.com/hooks.");
        if (url.UserInfo.Length > 0)
            throw Problem.Invalid("url must not contain a user name or password: events are signed, and an address may carry a token in its path.");
        var address = IPAddress.TryParse(url.IdnHost.Trim('[', ']'), out var literal) ? literal : null;
        if (url.Scheme == "http" && !(address is not null && addresses.IsAllowed(address)))
            throw Problem.Invalid("url must begin with https. Only an IP address in a network that the operator allows (Webhooks:AllowedNetworks) may be called without encryption.");
        // A name is looked up when it is called, every time: only then is it known where it leads.
        if (address is not null && !addresses.Allows(address))
            throw Problem.Invalid("url leads to an address that is not part of the internet. Give a public one, or have the operator allow its network (Webhooks:AllowedNetworks).");
    }

    private async Task<WebhookEntry> FindAsync(string tenant, string id, CancellationToken cancellationToken) => await books.FindAsync(tenant, id, cancellationToken) ?? throw NotFound();

    private async Task<Webhook> ChangeAsync(string tenant, string id, Func<WebhookEntry, WebhookEntry> change, CancellationToken cancellationToken)
    {
        WebhookEntry? changed = null;
        return await books.ChangeAsync(tenant, id, webhook => changed = change(webhook), cancellationToken) ? ToWire(changed!) : throw NotFound();
    }

    private static ProblemException NotFound() => new(404, "webhook-not-found", "No such webhook", "There is no webhook of this id. The list of webhooks says which there are.");

    private static Webhook ToWire(WebhookEntry webhook) => new()
    {
        Id = webhook.Id,
        Url = webhook.Url,
        Events = webhook.Events,
        CreatedAt = webhook.CreatedAt,
        DisabledAt = webhook.DisabledAt,
        DisabledBecause = webhook.DisabledBecause,
    };
}
