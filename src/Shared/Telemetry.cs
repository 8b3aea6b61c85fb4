using OpenTelemetry;
using OpenTelemetry.Resources;

namespace StableVideo;

/// <summary>The one way in which hosts export traces and metrics.</summary>
internal static class Telemetry
{
    /// <summary>Exports by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; otherwise nothing is collected.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName))
            .WithTracing(traces => traces.AddSource("StableVideo.*", "Microsoft.Orleans.*", "Microsoft.AspNetCore"))
            .WithMetrics(metrics => metrics.AddMeter("StableVideo.*", "Microsoft.Orleans", "Microsoft.AspNetCore.*", "System.Runtime"))
            .UseOtlpExporter();
    }
}
