using System.Collections;
using System.Reflection;

namespace StableVideo.Tests.Deploy;

/// <summary>What the chart sets is what the programs read: a variable that nobody knows would be passed over in silence.</summary>
public sealed class SettingsTests
{
    private static readonly Dictionary<string, string> Sections = new()
    {
        ["Silo"] = "StableVideo.Silo.SiloSettings, StableVideo.Silo",
        ["Store"] = "StableVideo.Storage.StoreSettings, StableVideo.Storage",
        ["Clustering"] = "StableVideo.Hosting.ClusteringSettings, StableVideo.Hosting",
        ["Management"] = "StableVideo.Hosting.ManagementSettings, StableVideo.Hosting",
        ["Retention"] = "StableVideo.Cluster.RetentionOptions, StableVideo.Cluster",
        ["Auth"] = "StableVideo.Web.Security.AuthSettings, StableVideo.Web",
        ["Web"] = "StableVideo.Web.Hosting.WebSettings, StableVideo.Web",
        ["Webhooks"] = "StableVideo.Web.Webhooks.WebhookSettings, StableVideo.Web",
    };

    /// <summary>What the runtime and OpenTelemetry read.</summary>
    private static readonly string[] Others = ["ASPNETCORE_URLS", "DOTNET_EnableDiagnostics", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_RESOURCE_ATTRIBUTES", "Dashboard__Enabled"];

    [Theory]
    [MemberData(nameof(ChartTests.Matrix), MemberType = typeof(ChartTests))]
    public void Every_variable_is_read_by_somebody(string name, string values)
    {
        var variables = ChartTests.Render(values).Pods.SelectMany(pod => pod.Spec.Containers).SelectMany(container => container.Env ?? []).Select(variable => variable.Name).Distinct().Except(Others).ToList();
        Assert.True(variables.Count > 10, name);
        Assert.All(variables, variable => Assert.True(IsKnown(variable.Split("__")), $"{name}: nobody reads {variable}."));
    }

    [Fact]
    public void A_variable_that_nobody_reads_is_found() => Assert.False(IsKnown(["Silo", "Slotz"]));

    private static bool IsKnown(string[] path)
    {
        if (!Sections.TryGetValue(path[0], out var name) || Type.GetType(name) is not { } type)
            return false;
        foreach (var part in path.Skip(1))
        {
            if (typeof(IList).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>)))
                return int.TryParse(part, out _);
            if (type.GetProperty(part, BindingFlags.Public | BindingFlags.Instance) is not { } property)
                return false;
            type = property.PropertyType;
        }

        return true;
    }
}
