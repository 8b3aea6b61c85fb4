using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>
/// The blob service emulator (npm package <c>azurite</c>) as a child process on a free loopback port, with its data in a temporary folder.
/// Installed by ./test.sh; tests that need it skip, with the reason, where it is missing.
/// </summary>
public sealed class Azurite : IAsyncLifetime
{
    private const string Account = "conformance";
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "stablevideo-azurite-" + Guid.NewGuid().ToString("n"));
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private readonly int _port = Ports.Free();
    private string? _program;
    private Process? _process;
    private string? _connection;
    private string _absence = "";

    public BlobContainerClient Container(string name)
    {
        if (_connection is null)
            Assert.Skip(_absence);
        return BlobService.Container(_connection, name);
    }

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program)
        {
            _absence = "Needs the blob service of the npm package azurite on PATH or in a node_modules folder above the tests; ./test.sh installs it where npm is.";
            return;
        }

        Directory.CreateDirectory(_folder);
        _program = program;
        if (await StartAsync())
            _connection = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};BlobEndpoint=http://127.0.0.1:{_port}/{Account};";
        else
            _absence = "azurite did not answer within 60 s.";
    }

    /// <summary>The connection string; empty where there is no service.</summary>
    public string Connection => _connection ?? "";

    /// <summary>Where its data lies; made when it is started.</summary>
    public string Folder => _folder;

    /// <summary>Where it listens, also after a restart.</summary>
    public string Address => $"127.0.0.1:{_port}";

    /// <summary>Starts it on its data, as it was left; <see langword="false"/> when it does not answer.</summary>
    public Task<bool> StartAsync()
    {
        var start = new ProcessStartInfo(
            _program!,
            ["--blobHost", "127.0.0.1", "--blobPort", $"{_port}", "--location", _folder, "--silent", "--skipApiVersionCheck", "--disableTelemetry"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{_key}";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return AnswersAsync(_port);
    }

    /// <summary>Ends it as a crash would.</summary>
    public void Kill()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>Ends it in order: the emulator writes what it has only in memory, which a crash would lose.</summary>
    public async Task StopAsync()
    {
        Signal("TERM");
        await _process!.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Kill();
    }

    /// <summary>Holds it, so that it accepts connections and never answers, or lets it go on.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string? Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).ToList();
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            folders.Add(Path.Combine(folder.FullName, "node_modules", ".bin"));
        return folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, "azurite-blob")).FirstOrDefault(File.Exists);
    }

    private async Task<bool> AnswersAsync(int port)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60) && !_process!.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        return false;
    }
}
