using System.Text.Json;
using System.Text.RegularExpressions;

namespace StableVideo.Tests.Hosting;

/// <summary>Every query of the dashboards and every alert, asked of a real Prometheus that scrapes real processes.</summary>
public sealed partial class DashboardTests
{
    private static string Chart => Path.Combine(Repository(), "helm", "stablevideo");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_query_finds_something_after_two_jobs()
    {
        var queries = Queries().ToList();
        Assert.True(queries.Count > 35, $"There are only {queries.Count} queries.");
        using var prometheus = new PrometheusServer();
        var smi = Path.Combine(Directory.CreateTempSubdirectory("stablevideo-smi-").FullName, "nvidia-smi");
        await File.WriteAllTextAsync(smi, "#!/bin/sh\necho 'GPU-1, NVIDIA Test, 1024, 81920, 37'\n", Cancel);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(smi, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var deployment = await Deployment.StartAsync($"--Silo:NvidiaSmi={smi}");
        await prometheus.StartAsync(("stablevideo-silo", deployment.SiloManagement), ("stablevideo-gateway", deployment.GatewayManagement));
        await deployment.EditAsync("first");
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
        await deployment.EditAsync("second", "a blue car");

        // A busy machine scrapes late.
        var missing = await MissingAsync(prometheus, queries);
        for (var tries = 0; missing.Count > 0 && tries < 30; tries++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
            missing = await MissingAsync(prometheus, queries);
        }

        Assert.Empty(missing);
        Assert.Equal([1L << 30], await prometheus.QueryAsync("hw_gpu_memory_usage_bytes"));
        Assert.Equal([2], await prometheus.QueryAsync("sum(stablevideo_jobs_submitted_total)"));
        foreach (var rule in AlertQueries())
            _ = await prometheus.QueryAsync(rule);
    }

    [Fact]
    public void Alerts_fire_when_they_should_and_are_silent_otherwise()
    {
        var promtool = PrometheusServer.Require("promtool");
        var folder = Directory.CreateTempSubdirectory("stablevideo-rules-").FullName;
        try
        {
            File.Copy(Path.Combine(Chart, "rules", "stablevideo.yaml"), Path.Combine(folder, "stablevideo.yaml"));
            File.Copy(Path.Combine(AppContext.BaseDirectory, "rules.test.yaml"), Path.Combine(folder, "rules.test.yaml"));
            foreach (var arguments in new string[][] { ["check", "rules", "stablevideo.yaml"], ["test", "rules", "rules.test.yaml"] })
            {
                using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(promtool, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
                var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.True(process.ExitCode == 0, output);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_alert_is_tested_and_has_a_page_in_the_runbooks()
    {
        var alerts = Alert().Matches(File.ReadAllText(Path.Combine(Chart, "rules", "stablevideo.yaml"))).Select(match => match.Groups[1].Value).ToList();
        var tests = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules.test.yaml"));
        var runbooks = File.ReadAllText(Path.Combine(Repository(), "docs", "runbooks.md"));
        Assert.Equal(8, alerts.Count);
        Assert.All(alerts, alert => Assert.Contains($"alertname: {alert}\n        exp_alerts:\n          - ", tests, StringComparison.Ordinal));
        Assert.All(alerts, alert => Assert.Contains($"## {alert}\n", runbooks, StringComparison.Ordinal));
    }

    /// <summary>Queries that find no number.</summary>
    private static async Task<List<string>> MissingAsync(PrometheusServer prometheus, IEnumerable<(string Panel, string Query)> queries)
    {
        var missing = new List<string>();
        foreach (var (panel, query) in queries)
        {
            var values = await prometheus.QueryAsync(query.Replace("$__rate_interval", "1m", StringComparison.Ordinal));
            if (!values.Any(double.IsFinite))
                missing.Add($"{panel}: {query}");
        }

        return missing;
    }

    private static IEnumerable<(string Panel, string Query)> Queries()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Chart, "dashboards"), "*.json"))
        {
            var board = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(path));
            foreach (var panel in board.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("datasource").GetProperty("type").GetString() == "prometheus"))
            {
                foreach (var target in panel.GetProperty("targets").EnumerateArray())
                    yield return ($"{Path.GetFileName(path)} / {panel.GetProperty("title").GetString()}", target.GetProperty("expr").GetString()!);
            }
        }
    }

    private static IEnumerable<string> AlertQueries() => Expression().Matches(File.ReadAllText(Path.Combine(Chart, "rules", "stablevideo.yaml"))).Select(match => match.Groups[1].Value);

    internal static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StableVideo.Cluster.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }

    [GeneratedRegex("alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("expr: (.+)")]
    private static partial Regex Expression();
}
