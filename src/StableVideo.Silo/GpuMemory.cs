using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace StableVideo.Silo;

/// <summary>One GPU as <c>nvidia-smi</c> sees it.</summary>
/// <param name="Id">Its UUID.</param>
/// <param name="Name">Its name.</param>
/// <param name="UsedBytes">Memory in use by all processes.</param>
/// <param name="TotalBytes">Memory it has.</param>
/// <param name="Utilization">Share of the last moments in which it computed, 0..1.</param>
internal sealed record GpuState(string Id, string Name, long UsedBytes, long TotalBytes, double Utilization)
{
    /// <summary>Reads one line of <c>nvidia-smi --query-gpu=uuid,name,memory.used,memory.total,utilization.gpu --format=csv,noheader,nounits</c>; <see langword="null"/> when it is none.</summary>
    public static GpuState? Parse(string line)
    {
        var parts = line.Split(',', StringSplitOptions.TrimEntries);
        return parts.Length == 5
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var used)
            && long.TryParse(parts[3], CultureInfo.InvariantCulture, out var total)
            // Some devices do not tell.
            && (double.TryParse(parts[4], CultureInfo.InvariantCulture, out var busy) || parts[4].StartsWith('['))
            ? new GpuState(parts[0], parts[1], used << 20, total << 20, busy / 100)
            : null;
    }
}

/// <summary>Memory and load of the machine's GPUs as metrics, asked of <c>nvidia-smi</c> every ten seconds; without it there are none.</summary>
internal sealed partial class GpuMemory : BackgroundService
{
    public const string MeterName = "StableVideo.Silo";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private readonly string _program;
    private readonly ILogger<GpuMemory> _logger;
    private volatile IReadOnlyList<GpuState> _gpus = [];

    public GpuMemory(IMeterFactory meters, IConfiguration configuration, ILogger<GpuMemory> logger)
    {
        (_program, _logger) = (configuration["Silo:NvidiaSmi"] ?? "nvidia-smi", logger);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("hw.gpu.memory.usage", () => Measure(gpu => gpu.UsedBytes), "By", "GPU memory in use.");
        meter.CreateObservableGauge("hw.gpu.memory.limit", () => Measure(gpu => gpu.TotalBytes), "By", "GPU memory there is.");
        meter.CreateObservableGauge("hw.gpu.utilization", () => Measure(gpu => gpu.Utilization), "1", "Share of time in which the GPU computes.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await AskAsync(stoppingToken) is not { } gpus)
                return;
            _gpus = gpus;
            await Task.Delay(Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private IEnumerable<Measurement<T>> Measure<T>(Func<GpuState, T> value)
        where T : struct =>
        _gpus.Select(gpu => new Measurement<T>(value(gpu), new("hw.id", gpu.Id), new("hw.name", gpu.Name)));

    private async Task<IReadOnlyList<GpuState>?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(_program, ["--query-gpu=uuid,name,memory.used,memory.total,utilization.gpu", "--format=csv,noheader,nounits"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(GpuState.Parse).OfType<GpuState>()];
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            LogNone(_logger, _program, exception.Message);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "No metrics of GPUs: {Program} can not be started: {Reason}")]
    private static partial void LogNone(ILogger logger, string program, string reason);
}
