using System.Globalization;
using System.Text.Json;
using StableVideo.Tests.Silo;

namespace StableVideo.Tests.Hosting;

/// <summary>A real Prometheus on a free loopback port that scrapes every second.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-prometheus-").FullName;
    private readonly int _port = Ports.Free();
    private readonly HttpClient _http = new();
    private LoggedProcess? _process;

    /// <summary>Full path of a program of the package; skips the running test, with a reason, where it is missing.</summary>
    public static string Require(string program)
    {
        var path = $"/usr/bin/{program}";
        Assert.SkipUnless(File.Exists(path), $"Needs {program}; ./test.sh installs it where it is a package.");
        return path;
    }

    /// <summary>Starts it.</summary>
    /// <param name="targets">Ports to be scraped by the names of their services.</param>
    public async Task StartAsync(params (string Service, int Port)[] targets)
    {
        var program = Require("prometheus");
        var jobs = string.Concat(targets.Select(target => $"  - {{ job_name: {target.Service}, static_configs: [{{ targets: ['127.0.0.1:{target.Port}'] }}] }}\n"));
        var config = Path.Combine(_folder, "prometheus.yml");
        await File.WriteAllTextAsync(config, $"global: {{ scrape_interval: 1s, scrape_timeout: 1s }}\nscrape_configs:\n{jobs}");
        _process = new LoggedProcess(program, $"--config.file={config}", $"--storage.tsdb.path={_folder}/data", string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{_port}"));
        Assert.True(await Ports.AnswersAsync(_port, TimeSpan.FromSeconds(30)), _process.Output);
    }

    /// <summary>Values of a query now; the test fails with Prometheus' words when it is none.</summary>
    public async Task<IReadOnlyList<double>> QueryAsync(string query)
    {
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{_port}/api/v1/query?query={Uri.EscapeDataString(query)}"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{query}: {text}");
        var data = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("data");
        Assert.Equal("vector", data.GetProperty("resultType").GetString());
        return [.. data.GetProperty("result").EnumerateArray().Select(series => double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture))];
    }

    public void Dispose()
    {
        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
