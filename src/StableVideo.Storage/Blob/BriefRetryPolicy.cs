using System.Globalization;
using Azure.Core;
using Azure.Core.Pipeline;

namespace StableVideo.Storage;

/// <summary>Repeats a request that failed for no fault of its own while the call is young; a service that is away for longer is for the caller to wait for.</summary>
internal sealed class BriefRetryPolicy()
    : RetryPolicy(MostRetries, DelayStrategy.CreateExponentialDelayStrategy(TimeSpan.FromMilliseconds(300), LongestDelay))
{
    private const int MostRetries = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(2);

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) => IsSoon(message) && base.ShouldRetry(message, exception);

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        IsSoon(message) && await base.ShouldRetryAsync(message, exception);

    /// <summary>Whether the call is young, and the service, which may ask for minutes when it throttles, does not ask to be left alone for long.</summary>
    private static bool IsSoon(HttpMessage message) =>
        DateTimeOffset.UtcNow - message.ProcessingContext.StartTime < Patience
        && !(message.HasResponse
            && message.Response.Headers.TryGetValue("Retry-After", out var asked)
            && double.TryParse(asked, CultureInfo.InvariantCulture, out var seconds)
            && seconds > LongestDelay.TotalSeconds);
}
