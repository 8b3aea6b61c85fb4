using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace StableVideo.Cluster;

/// <summary>
/// Speaks for its silo to the scheduler: signs of life, what is computed, which models are loaded. Before the silo stops it takes no more work
/// and hands its stages back.
/// </summary>
internal sealed partial class SiloAgent(
    IGrainFactory grains,
    ILocalSiloDetails silo,
    RunningAttempts attempts,
    IStageExecutor executor,
    IOptions<StageOptions> options,
    ClusterInstruments instruments,
    ILogger<SiloAgent> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _ended = new();
    private readonly StageOptions _options = options.Value;
    private Task _reporting = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _reporting = Task.Run(ReportAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Runs before any part of the host stops, while grains can still be called.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        attempts.HandBackAll($"{silo.Name} stops.");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.DrainTime);
        try
        {
            while (!attempts.IsEmpty)
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            await ReportOnceAsync().WaitAsync(patience.Token);
        }
        catch (Exception exception)
        {
            LogDrainFailed(logger, exception, silo.Name);
        }

        await _ended.CancelAsync();
        await _reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        instruments.ShowZeros();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _ended.Dispose();

    private async Task ReportAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await ReportOnceAsync();
                await attempts.WaitForChangeAsync(_options.HeartbeatPeriod, _ended.Token);
            }
            catch (Exception exception) when (!_ended.IsCancellationRequested)
            {
                LogReportFailed(logger, exception, silo.Name);
                await Task.Delay(PauseAfterFailure);
            }
        }
    }

    private Task ReportOnceAsync() => grains.GetGrain<ISchedulerGrain>(_options.Pool).Report(new SiloReport
    {
        Name = silo.Name,
        Address = silo.SiloAddress.ToParsableString(),
        Roles = _options.Roles,
        Slots = _options.Slots,
        Running = attempts.WithSlot,
        WarmModels = executor.WarmModels,
        Models = executor.Models,
        Draining = attempts.IsDraining,
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} could not report to the scheduler; it tries again")]
    private static partial void LogReportFailed(ILogger logger, Exception exception, string silo);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} stops before all of its stages were handed back; their jobs notice by themselves")]
    private static partial void LogDrainFailed(ILogger logger, Exception exception, string silo);
}
