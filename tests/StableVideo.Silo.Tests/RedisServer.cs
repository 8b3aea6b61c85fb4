using System.Globalization;
using StackExchange.Redis;

namespace StableVideo.Tests.Silo;

/// <summary>A real Redis on a free loopback port that keeps nothing on disk.</summary>
internal sealed class RedisServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly int _port = Ports.Free();
    private LoggedProcess? _process;

    public string Connection => $"127.0.0.1:{_port}";

    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin").Any(folder => File.Exists(Path.Combine(folder, "redis-server")));

    public async Task StartAsync()
    {
        _process?.Dispose();
        _process = new LoggedProcess(
            "redis-server", "--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", Path.GetTempPath());
        Assert.True(await Ports.AnswersAsync(_port, Patience), _process.Output);
    }

    public Task KillAsync() => _process!.KillAsync();

    public async Task FlushAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{Connection},allowAdmin=true");
        await connection.GetServer(Connection).FlushAllDatabasesAsync();
    }

    public void Dispose() => _process?.Dispose();
}
