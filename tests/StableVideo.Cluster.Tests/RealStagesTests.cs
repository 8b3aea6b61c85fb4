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

    [Fact]
    public async Task An_object_marked_in_the_midst_is_tracked_by_a_job_of_its_own_whose_layers_the_edit_takes_over()
    {
        await using var cluster = await StartAsync();
        var options = new SampleClipOptions { Width = 160, Height = 96, FrameCount = 10 };
        var mark = await cluster.Store.PutBytesAsync(ImageFile.EncodePng(SampleClip.Render(6, options).Mask), Cancel);
        var inputs = await ImportAsync(cluster.Store, frames: 10) with { Mask = null, MaskKind = MaskKind.None, Marks = [new ObjectMark(6, mark)] };
        await cluster.SubmitAsync("track", inputs with { Until = StageKind.Decompose }, Cancel);
        var tracked = await cluster.EndAsync("track");
        Assert.Equal((JobState.Completed, null), (tracked.State, tracked.Error));
        Assert.Equal([JobStage.Probe, JobStage.Decompose], tracked.Stages.Select(stage => stage.Stage));
        using (var file = await cluster.Store.MaterializeAsync(LocalCluster.ResultsOf(tracked)[StageKind.Decompose].Artifacts[ArtifactNames.Mask], "mp4", Cancel))
        {
            var number = 0;
            await foreach (var frame in VideoReader.ReadAsync(file.Path, cancellationToken: Cancel))
            {
                var overlap = MaskOps.IntersectionOverUnion(Colour.ToGray(frame), SampleClip.Render(number, options).Mask);
                Assert.True(overlap > 0.8, $"frame {number++}: overlap {overlap}");
            }

            Assert.Equal(10, number);
        }

        await cluster.SubmitAsync("edit", inputs, Cancel);
        var edit = await cluster.EndAsync("edit");
        Assert.Equal((JobState.Completed, null), (edit.State, edit.Error));
        Assert.True(edit[JobStage.Decompose].Outcome!.Reused);

        await cluster.SubmitAsync("beyond", inputs with { Marks = [new ObjectMark(10, mark)] }, Cancel);
        Assert.Equal("Frame 10 is marked but the clip's 10 frames are numbered 0 to 9.", (await cluster.EndAsync("beyond")).Error);
    }

    [Fact]
    public async Task An_edit_goes_on_from_the_last_step_of_a_tracking_that_was_cancelled()
    {
        await using var cluster = await StartAsync();
        var inputs = await ImportAsync(cluster.Store, frames: 40);
        await cluster.SubmitAsync("track", inputs with { Until = StageKind.Decompose }, Cancel);
        await cluster.UntilAsync("track", status => status[JobStage.Decompose].Fraction > 0.5);
        await cluster.CancelAsync("track");
        while (!_ends.ContainsKey(StageKind.Decompose))
            await Task.Delay(10, Cancel);

        await cluster.SubmitAsync("edit", inputs, Cancel);
        JobStatus? first = null;
        await cluster.UntilAsync("edit", status => (first = status)[JobStage.Decompose].Fraction > 0);
        Assert.True(first![JobStage.Decompose].Fraction > 0.4, $"It began at {first[JobStage.Decompose].Fraction:P0}.");
        await cluster.CancelAsync("edit");
    }

    [Fact]
    public async Task A_part_protected_afterwards_repeats_the_composition_only_and_a_mask_that_does_not_fit_is_refused_before_anything_is_painted()
    {
        await using var cluster = await StartAsync();
        var inputs = await ImportAsync(cluster.Store, frames: 6, Settings with { ForegroundPrompt = null });
        await cluster.SubmitAsync("plain", inputs, Cancel);
        var plain = LocalCluster.ResultsOf(await cluster.EndAsync("plain"));
        var atlas = await ReadAsync(cluster.Store, plain[StageKind.Decompose].Artifacts[ArtifactNames.BackgroundAtlas], 1);
        Array.Fill(atlas.Data, (byte)255);

        var protecting = inputs with { ProtectBackground = await cluster.Store.PutBytesAsync(ImageFile.EncodePng(atlas), Cancel) };
        await cluster.SubmitAsync("protected", protecting, Cancel);
        var end = await cluster.EndAsync("protected");
        Assert.Equal((JobState.Completed, null), (end.State, end.Error));
        Assert.Equal([JobStage.Compose], end.Stages.Where(stage => !stage.Outcome!.Reused).Select(stage => stage.Stage).Except([JobStage.Probe]));
        var kept = await ReadAsync(cluster.Store, LocalCluster.ResultsOf(end)[StageKind.Compose].Artifacts[ArtifactNames.ProtectedBackgroundAtlas], 3);
        Assert.Equal((await ReadAsync(cluster.Store, plain[StageKind.Decompose].Artifacts[ArtifactNames.BackgroundAtlas], 3)).Data, kept.Data);

        var tooSmall = await cluster.Store.PutBytesAsync(ImageFile.EncodePng(new Raster<byte>(8, 8, 1)), Cancel);
        await cluster.SubmitAsync("refused", inputs with { ProtectBackground = tooSmall }, Cancel);
        var refused = await cluster.EndAsync("refused");
        Assert.Equal((JobState.Failed, StageState.Failed, StageState.Pending), (refused.State, refused[JobStage.Decompose].State, refused[JobStage.EditBackground].State));
        Assert.Equal(
            $"The mask that protects the background is 8x8 but the background atlas of this clip is {atlas.Width}x{atlas.Height}. Paint it on the picture of the atlas, at its size.",
            refused.Error);
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

    private static async Task<Raster<byte>> ReadAsync(IArtifactStore store, ArtifactId id, int channels)
    {
        await using var stream = await store.OpenReadAsync(id, Cancel);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancel);
        return ImageFile.Read(bytes.ToArray(), channels);
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
