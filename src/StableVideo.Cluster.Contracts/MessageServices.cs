using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace StableVideo.Cluster;

/// <summary>What silos and their clients need to understand one another.</summary>
public static class MessageServices
{
    /// <summary>Lets the exceptions of all StableVideo projects travel in answers, such as that of a store that does not answer.</summary>
    public static IServiceCollection AddStableVideoMessages(this IServiceCollection services) =>
        services.Configure<ExceptionSerializationOptions>(options => options.SupportedNamespacePrefixes.Add("StableVideo"));
}
