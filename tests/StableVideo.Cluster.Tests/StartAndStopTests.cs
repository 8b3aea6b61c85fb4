using System.Diagnostics;
using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

/// <summary>Times that a person at a terminal notices; measured alone, the best of a few, because other work on the machine is not what they are about.</summary>
[Collection(nameof(StartAndStopTests))]
[CollectionDefinition(nameof(StartAndStopTests), DisableParallelization = true)]
public sealed class StartAndStopTests : IDisposable
{
    private const int Tries = 5;
    private readonly WorkFolder _work = new();
    private readonly FakeExecutor _executor;

    public StartAndStopTests() => _executor = new FakeExecutor(_work.Store);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_cluster_starts_within_three_seconds_and_stops_within_two()
    {
        var (start, stop) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < Tries; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var cluster = await _work.StartAsync(_executor);
            start = TimeSpan.FromTicks(Math.Min(start.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            began = Stopwatch.GetTimestamp();
            await cluster.DisposeAsync();
            stop = TimeSpan.FromTicks(Math.Min(stop.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
        }

        TestContext.Current.SendDiagnosticMessage($"start {start.TotalSeconds:0.00} s, stop {stop.TotalSeconds:0.00} s");
        Assert.True(start < TimeSpan.FromSeconds(3), $"Starting took {start}.");
        Assert.True(stop < TimeSpan.FromSeconds(2), $"Stopping took {stop}.");
    }

    [Fact]
    public async Task Stopping_a_cluster_ends_its_computations()
    {
        var (started, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        _executor.On(StageKind.Decompose, async run =>
        {
            started.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, run.Cancellation);
            }
            finally
            {
                ended.TrySetResult();
            }
        });
        var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("stopped", WorkFolder.Inputs(), Cancel);
        await started.Task.WaitAsync(Cancel);
        await cluster.DisposeAsync();

        Assert.True(ended.Task.IsCompleted);
    }
}
