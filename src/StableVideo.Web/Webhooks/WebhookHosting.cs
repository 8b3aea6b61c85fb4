using Microsoft.Extensions.Options;

namespace StableVideo.Web.Webhooks;

/// <summary>Registers what webhooks need.</summary>
internal static class WebhookHosting
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration) => services
        .AddOptions<WebhookSettings>().Bind(configuration.GetSection("Webhooks")).ValidateOnStart().Services
        .AddSingleton<IValidateOptions<WebhookSettings>, Rules>()
        .AddSingleton<ReachableAddresses>()
        .AddSingleton<WebhookBooks>()
        .AddSingleton<DeliveryLog>()
        .AddSingleton<WebhookPost>()
        .AddSingleton<WebhookService>()
        .AddSingleton<WebhookSender>()
        .AddHostedService(provider => provider.GetRequiredService<WebhookSender>());

    private sealed class Rules : IValidateOptions<WebhookSettings>
    {
        public ValidateOptionsResult Validate(string? name, WebhookSettings options) =>
            options.Validate().ToList() is { Count: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}
