using Microsoft.Extensions.Configuration.Memory;

namespace StableVideo.Hosting;

/// <summary>How much hosts log when nobody says otherwise.</summary>
internal static class LoggingDefaults
{
    /// <summary>The runtime's own messages from warnings up; any other source of configuration overrides this.</summary>
    public static void AddLoggingDefaults(this IHostApplicationBuilder builder) => ((IConfigurationBuilder)builder.Configuration).Sources.Insert(
        0,
        new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Orleans"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Error",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:System.Net.Http"] = "Warning",
            },
        });
}
