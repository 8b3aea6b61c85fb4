using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using StableVideo.Web.Api;
using StableVideo.Web.Hosting;
using StableVideo.Web.Services;

namespace StableVideo.Web.Security;

/// <summary>How much each tenant may ask of one process, so that one can not take it from the others; strangers share one share.</summary>
internal static class RateLimits
{
    public static void AddRateLimits(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
        {
            var most = context.RequestServices.GetRequiredService<IOptions<WebSettings>>().Value.RequestsPerSecond;
            var tenant = CallerClaims.Of(context.User)?.Tenant;
            return most <= 0 || context.GetEndpoint() is null
                ? RateLimitPartition.GetNoLimiter("")
                : RateLimitPartition.GetTokenBucketLimiter(tenant is null ? "?" : $"tenant {tenant}", _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = 4 * most,
                    TokensPerPeriod = Math.Max(1, most / 5),
                    ReplenishmentPeriod = TimeSpan.FromMilliseconds(200),
                    AutoReplenishment = true,
                    QueueLimit = 0,
                });
        });
        limiter.OnRejected = async (rejected, _) => await rejected.HttpContext.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(
            rejected.HttpContext,
            new ProblemException(429, "too-many-requests", "Too many requests", "Too many requests came at once. Try again after the time in the header Retry-After.") { RetryAfter = TimeSpan.FromSeconds(1) });
    });
}
