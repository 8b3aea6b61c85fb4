using System.Collections.Concurrent;
using System.Diagnostics;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>The grains with the real work behind them, on a small clip drawn by our own code. Run alone, because they are timed.</summary>
[Collection(nameof(RealStagesTests))]
[CollectionDefinition(nameof(RealStagesTests), DisableParallelization = true)]
public sealed class RealStagesTests : IDisposable
{
    private static readonly EditSettings Settings = new()
    {
        ForegroundPrompt = "a red car",
        BackgroundPrompt = "snowy winter",
        Steps = 2,
        KeyframeCount = 2,
        AggregationSteps = 4,
    };

    private readonly WorkFolder _work = new();
    private readonly ConcurrentDictionary<StageKind, Moment> _ends = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_clip_goes_through_the_grains_and_a_second_job_finds_every_result()
    {
        await using var cluster = await StartAsync();
        var inputs = await ImportAsync(cluster.Store, frames: 10);
        await cluster.SubmitAsync("first", inputs, Cancel);
        var first = await cluster.EndAsync("first");
        Assert.Equal((JobState.Completed, null), (first.State, first.Error));
        var video = LocalCluster.ResultsOf(first)[StageKind.Compose].Artifacts[ArtifactNames.Video];
        using (var file = await cluster.Store.MaterializeAsync(video, "mp4", Cancel))
        {
            var info = await VideoReader.ProbeAsync(file.Path, Cancel);
            Assert.Equal((160, 96, 10), (info.Width, info.Height, info.FrameCount));
        }

        await cluster.SubmitAsync("second", inputs, Cancel);
        var second = await cluster.EndAsync("second");
        Assert.All(second.Stages, stage => Assert.True(stage.Outcome!.Reused || stage.Stage == JobStage.Probe, $"{stage.Stage} was computed again."));
        Assert.Equal(video, LocalCluster.ResultsOf(second)[StageKind.Compose].Artifacts[ArtifactNames.Video]);
    }

    [Theory]
    [InlineData(JobStage.Decompose)]
    [InlineData(JobStage.EditForeground)]
    public async Task Cancelling_ends_a_real_computation_within_two_seconds(JobStage stage)
    {
        await using var cluster = await StartAsync();
        // Enough frames and steps that neither stage ends by itself meanwhile.
        var inputs = await ImportAsync(cluster.Store, frames: stage == JobStage.Decompose ? 60 : 10, Settings with { BackgroundPrompt = null, Steps = 200 });
        await cluster.SubmitAsync("long", inputs, Cancel);
        await cluster.UntilAsync("long", status => status[stage].State == StageState.Running && status[stage].Fraction > 0);
        var cancelled = Moment.Now();
        await cluster.CancelAsync("long");
        while (!_ends.ContainsKey(JobMessages.ToKind(stage)))
            await Task.Delay(10, Cancel);

        // On a busy machine the clock runs on while we wait for a processor: then what we computed after the cancellation counts.
        var ended = _ends[JobMessages.ToKind(stage)];
        var (clock, computed) = (Stopwatch.GetElapsedTime(cancelled.Clock, ended.Clock), ended.Computed - cancelled.Computed);
        Assert.True(clock < TimeSpan.FromSeconds(2) || computed < TimeSpan.FromSeconds(2), $"It took {clock} and {computed} of computation.");
    }

    private static async Task<JobInputs> ImportAsync(IArtifactStore store, int frames, EditSettings? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-clip-").FullName;
        try
        {
            var (clip, mask) = (Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "mask.mp4"));
            await SampleClip.WriteAsync(clip, mask, new SampleClipOptions { Width = 160, Height = 96, FrameCount = frames }, cancellationToken: Cancel);
            return await VideoImport.ImportAsync(clip, mask, settings ?? Settings, store, Cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<LocalCluster> StartAsync() => LocalCluster.StartAsync(
        new LocalClusterOptions
        {
            StoreFolder = _work.Path,
            Executor = _ => new ObservedExecutor(new StageRunnerExecutor(TenantStores.InFolder(_work.Path), new ModelCatalogue()), _ends),
        },
        Cancel);

    private sealed class ObservedExecutor(StageRunnerExecutor inner, ConcurrentDictionary<StageKind, Moment> ends) : IStageExecutor, IDisposable
    {
        public IReadOnlyList<string> WarmModels => inner.WarmModels;

        public IReadOnlyList<string> Models => inner.Models;

        public Task<StageResult?> FindAsync(
            string tenant, StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
            inner.FindAsync(tenant, stage, inputs, upstream, cancellationToken);

        public async Task<StageResult> RunAsync(
            string tenant,
            StageKind stage,
            JobInputs inputs,
            IReadOnlyDictionary<StageKind, StageResult> upstream,
            IProgress<StageProgress> progress,
            CancellationToken cancellationToken)
        {
            try
            {
                return await inner.RunAsync(tenant, stage, inputs, upstream, progress, cancellationToken);
            }
            finally
            {
                ends[stage] = Moment.Now();
            }
        }

        public void Dispose() => inner.Dispose();
    }

    private sealed record Moment(long Clock, TimeSpan Computed)
    {
        public static Moment Now()
        {
            using var process = Process.GetCurrentProcess();
            return new Moment(Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        }
    }
}
