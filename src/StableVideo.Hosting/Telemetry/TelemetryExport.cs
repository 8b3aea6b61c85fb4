using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StableVideo.Hosting;

/// <summary>The one way in which hosts export traces, metrics and logs.</summary>
internal static class TelemetryExport
{
    private static readonly string[] Endpoints =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"];

    /// <summary>Exports by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, or that of one signal, is set, and metrics for Prometheus when there is a management port; otherwise nothing is collected.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName, string instance)
    {
        var exports = Endpoints.Any(name => !string.IsNullOrWhiteSpace(builder.Configuration[name]));
        var isScraped = ManagementSettings.From(builder.Configuration).Port is not null;
        if (!exports && !isScraped)
            return;
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(serviceName, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3), serviceInstanceId: instance))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter("StableVideo.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
                if (isScraped)
                    metrics.AddPrometheusExporter();
            });
        if (exports)
        {
            telemetry
                .WithTracing(traces => traces
                    .AddSource("StableVideo.*", "Microsoft.Orleans.Application")
                    .AddAspNetCoreInstrumentation()
                    .SetSampler(new ParentBasedSampler(new RootSampler())))
                .WithLogging(configureBuilder: null, configureOptions: logs => (logs.IncludeScopes, logs.IncludeFormattedMessage) = (true, true))
                .UseOtlpExporter();
        }
    }

    /// <summary>
    /// Calls between grains that belong to nothing, such as signs of life, are left out: there are several a second. Whatever a request or a job has begun is
    /// recorded, unless the sender of the request decided otherwise.
    /// </summary>
    private sealed class RootSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.Name.StartsWith('I') && samplingParameters.Name.Contains('/', StringComparison.Ordinal) ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}
