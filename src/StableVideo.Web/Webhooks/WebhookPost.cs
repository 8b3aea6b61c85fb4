using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Web.Services;

namespace StableVideo.Web.Webhooks;

/// <summary>Sends one event once, signed. Follows no redirect, uses no proxy, reads nothing of the answer but its status.</summary>
internal sealed class WebhookPost : IDisposable
{
    private const string Purpose = "webhook secrets";

    private readonly HttpClient _http;
    private readonly IDataProtector _protector;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _patience;

    public WebhookPost(ReachableAddresses addresses, IDataProtectionProvider protection, IOptions<WebhookSettings> settings, TimeProvider clock)
    {
        (_protector, _clock, _patience) = (protection.CreateProtector(Purpose), clock, settings.Value.AnswerPatience);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = addresses.ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("StableVideo-Webhooks", "1"));
    }

    /// <summary>Encrypts a secret for the book.</summary>
    public string Protect(string secret) => _protector.Protect(secret);

    /// <summary>Sends an event and says how it went.</summary>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public async Task<DeliveryAttempt> SendAsync(WebhookEntry webhook, WebhookNotice notice, CancellationToken cancellationToken)
    {
        var at = _clock.GetUtcNow();
        var start = Stopwatch.GetTimestamp();
        var message = new WebhookEvent { Type = notice.Event, Timestamp = notice.At, Data = notice.Job is null ? null : WireMessages.ToSummary(notice.Job) };
        var body = JsonSerializer.SerializeToUtf8Bytes(message, WireMessages.Json);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add(WebhookSignature.IdHeader, notice.Id);
            request.Headers.Add(WebhookSignature.TimestampHeader, $"{at.ToUnixTimeSeconds()}");
            request.Headers.Add(WebhookSignature.SignatureHeader, string.Join(' ', Secrets(webhook, at).Select(secret => WebhookSignature.Sign(secret, notice.Id, at, body))));
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return Attempt((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : Words(answer.StatusCode));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && exception is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            return Attempt(null, exception is OperationCanceledException ? $"There was no answer within {_patience.TotalSeconds:0.#} s." : Words(exception));
        }

        DeliveryAttempt Attempt(int? status, string? error) => new(at, Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 3), status, error);
    }

    public void Dispose() => _http.Dispose();

    private IEnumerable<string> Secrets(WebhookEntry webhook, DateTimeOffset now)
    {
        yield return _protector.Unprotect(webhook.Secret);
        if (webhook.FormerSecret is { } former && now < webhook.FormerSecretUntil)
            yield return _protector.Unprotect(former);
    }

    private static string Words(HttpStatusCode status) => (int)status switch
    {
        >= 300 and < 400 => $"The receiver answered {(int)status}: redirects are not followed. Give the address it leads to.",
        410 => "The receiver answered 410: it wants no more events.",
        _ => $"The receiver answered {(int)status}.",
    };

    private static string Words(Exception exception) => exception switch
    {
        ForbiddenAddressException forbidden => forbidden.Message,
        { InnerException: ForbiddenAddressException forbidden } => forbidden.Message,
        { InnerException: AuthenticationException } => "The receiver's certificate is not trusted.",
        { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => "The receiver's name is not known.",
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => "The receiver refuses connections.",
        _ => "The connection to the receiver failed.",
    };
}
