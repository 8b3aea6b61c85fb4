namespace StableVideo.Hosting;

/// <summary>What every host does alike.</summary>
public static class ServiceDefaults
{
    /// <summary>Adds levels of logging, telemetry and the management endpoint. Call it before anything else: what starts first stops last.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="serviceName">Name of the service in traces and metrics, such as <c>stablevideo-silo</c>.</param>
    /// <param name="instance">Name of this process among others of the service.</param>
    /// <exception cref="InvalidOperationException">A setting makes no sense.</exception>
    public static void AddServiceDefaults(this IHostApplicationBuilder builder, string serviceName, string instance)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddLoggingDefaults();
        builder.AddTelemetry(serviceName, instance);
        builder.Services.AddSingleton(ManagementSettings.From(builder.Configuration));
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHostedService<ManagementServer>();
    }
}
