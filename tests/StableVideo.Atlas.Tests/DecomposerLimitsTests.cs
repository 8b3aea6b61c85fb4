namespace StableVideo.Atlas.Tests;

public class DecomposerLimitsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Cancelling_stops_at_any_stage()
    {
        var clip = new SyntheticClip(5);
        foreach (var stop in (double[])[0.02, 0.15, 0.55, 0.8])
        {
            using var source = new CancellationTokenSource();
            var progress = new Watch(p =>
            {
                if (p >= stop)
                    source.Cancel();
            });
            Assert.ThrowsAny<OperationCanceledException>(() => Decomposer.Decompose(new FrameList(clip.Frames), clip.Masks, null, progress, source.Token));
        }
    }

    [Fact]
    public void Progress_only_grows_and_ends_at_one()
    {
        var clip = new SyntheticClip(6);
        List<double> seen = [];
        Decomposer.Decompose(new FrameList(clip.Frames), clip.Masks, new DecomposeOptions { RefinementRounds = 1 }, new Watch(seen.Add), Token);
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1.0, seen[^1], 1e-9);
        Assert.True(seen.Count > 20);
    }

    [Fact]
    public void A_clip_that_needs_more_memory_than_allowed_is_refused()
    {
        var clip = new SyntheticClip(6);
        var e = Assert.Throws<AtlasException>(() =>
            Decomposer.Decompose(new FrameList(clip.Frames), clip.Masks, new DecomposeOptions { MemoryBudget = 1 << 20 }, cancellationToken: Token));
        Assert.StartsWith("Decomposing 6 frames of 192x128 needs about ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_frame_is_refused()
    {
        var clip = new SyntheticClip(1);
        var e = Assert.Throws<AtlasException>(() => Decomposer.Decompose(new FrameList(clip.Frames), clip.Masks, cancellationToken: Token));
        Assert.Equal("The clip has 1 frame; a decomposition needs at least 2.", e.Message);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Very_short_clips_work(int frames)
    {
        var clip = new SyntheticClip(frames);
        var result = Decomposer.Decompose(new FrameList(clip.Frames), clip.Masks, cancellationToken: Token);
        Assert.InRange(result.Metrics.Psnr, 24, 100);
    }

    private sealed class Watch(Action<double> seen) : IProgress<double>
    {
        public void Report(double value)
        {
            lock (this)
                seen(value);
        }
    }
}
