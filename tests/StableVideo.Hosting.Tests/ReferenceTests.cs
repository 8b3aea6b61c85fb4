using System.Text.RegularExpressions;

namespace StableVideo.Tests.Hosting;

/// <summary>The reference of metrics and the code say the same.</summary>
public sealed partial class ReferenceTests
{
    [Fact]
    public void Every_metric_is_described_and_every_described_one_exists()
    {
        var root = DashboardTests.Repository();
        var made = Directory.EnumerateFiles(Path.Combine(root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(path => Made().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value)).ToHashSet();
        var table = File.ReadAllText(Path.Combine(root, "docs", "telemetry.md")).Split("## Metrics")[1].Split("## Dashboards")[0];
        var described = table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => Named().Matches(line.Split('|')[1]).Select(match => match.Groups[1].Value)).ToHashSet();

        Assert.True(made.Count > 20);
        Assert.Equal(made.Order(), described.Order());
    }

    [GeneratedRegex("Create(?:ObservableGauge|Histogram|Counter|UpDownCounter)(?:<\\w+>)?\\(\\s*\"([a-z_.]+)\"")]
    private static partial Regex Made();

    [GeneratedRegex("`([a-z_.]+)`")]
    private static partial Regex Named();
}
