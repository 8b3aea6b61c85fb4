using StableVideo.Imaging;

namespace StableVideo.Editing.Tests;

/// <summary>Pictures of what a stage has done so far, and what they may cost.</summary>
public sealed class PreviewTests(EditFixture fixture)
{
    private static readonly EditSettings Settings = new()
    {
        ForegroundPrompt = "a red car",
        BackgroundPrompt = "snowy winter",
        Keyframes = [7, 2],
        Steps = 3,
        AggregationSteps = 0,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keyframes_and_what_is_being_denoised_are_shown_and_results_are_the_same_to_the_byte()
    {
        var (shown, previews) = await EditAsync(new StageRunnerOptions());
        var (plain, none) = await EditAsync(new StageRunnerOptions { Previews = false });
        Assert.Empty(none);
        foreach (var stage in StageGraph.All)
            Assert.Equal(plain[stage].Artifacts.OrderBy(a => a.Key), shown[stage].Artifacts.OrderBy(a => a.Key));

        // Two looks at each picture of three steps: the clock goes on by a minute at each step, and looks cost nothing on it.
        const string Keyframe7 = "preview-keyframe-0007", Keyframe2 = "preview-keyframe-0002";
        Assert.Equal(["preview-background", "preview-background"], previews.Select(p => p.Name).Where(name => name == ArtifactNames.BackgroundPreview));
        Assert.Equal(
            ["preview-foreground", "preview-foreground", Keyframe7, "preview-foreground", Keyframe2],
            previews.Select(p => p.Name).Where(name => name != ArtifactNames.BackgroundPreview));
        foreach (var preview in previews)
        {
            Assert.InRange(preview.Jpeg.Length, 500, 30_000);
            var picture = ImageFile.Read(preview.Jpeg.Span);
            Assert.InRange(Math.Max(picture.Width, picture.Height), 64, 256);
        }

        // The car is red in its keyframe: not black around nothing.
        var car = ImageFile.Read(previews.Single(p => p.Name == Keyframe7).Jpeg.Span);
        var (red, blue) = (car.Data.Where((_, i) => i % 3 == 0).Average(v => v), car.Data.Where((_, i) => i % 3 == 2).Average(v => v));
        Assert.True(red > blue + 10, $"red {red:0}, blue {blue:0}");
    }

    [Fact]
    public void Looks_are_a_second_apart_and_ever_rarer()
    {
        var clock = new Clock();
        var names = new List<string>();
        var previews = new StagePreviews(true, clock, picture => names.Add(picture.Name));
        var looks = new List<double>();
        for (var tick = 0; tick < 20_000; tick++)
        {
            clock.Advance(0.1);
            previews.Offer("a", _ =>
            {
                looks.Add(clock.Seconds);
                return new Raster<byte>(8, 8, 3);
            });
        }

        Assert.Equal(looks.Count, names.Count);
        Assert.Equal(1, looks[0], 1e-6);
        Assert.All(looks.Zip(looks[1..]), pair => Assert.True(pair.Second - pair.First >= Math.Max(1, pair.Second / 25) - 1e-6));
        Assert.InRange(looks.Count, 110, 135); // one a second for 25 s, then 25 more each time it takes e times as long: 25 (1 + ln 80) = 134.5
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(3)]
    public void All_looks_together_take_a_twentyfifth_of_the_time(double cost)
    {
        var clock = new Clock();
        var previews = new StagePreviews(true, clock, _ => { });
        var (spent, number) = (0.0, 0);
        while (clock.Seconds < 600)
        {
            clock.Advance(1);
            previews.Offer("a", _ =>
            {
                clock.Advance(cost);
                (spent, number) = (spent + cost, number + 1);
                return new Raster<byte>(8, 8, 3);
            });
            // The first one has to be taken to know what one costs.
            Assert.True(number <= 1 || spent <= 0.0401 * clock.Seconds, $"{spent} s of {clock.Seconds} s after {number} looks");
        }

        Assert.True(number > 3, $"{number} looks");
    }

    [Fact]
    public void A_picture_that_does_not_compress_is_made_coarser_until_it_fits()
    {
        var random = new Random(1);
        var noise = Pictures.Drawn(800, 800, 3, (x, y, c) => (float)random.Next(256)).ToBytes();
        PreviewPicture? shown = null;
        new StagePreviews(true, new Clock(), picture => shown = picture).Show("noise", noise.Crop(new PixelBox(0, 0, 256, 256)));
        Assert.InRange(shown!.Jpeg.Length, 5_000, 30_000);
        Assert.Equal((256, 256), (ImageFile.Read(shown.Jpeg.Span).Width, ImageFile.Read(shown.Jpeg.Span).Height));
        new StagePreviews(true, new Clock(), picture => shown = picture).Show("wide", noise.Crop(new PixelBox(0, 0, 800, 3)));
        Assert.Equal((256, 1), (ImageFile.Read(shown.Jpeg.Span).Width, ImageFile.Read(shown.Jpeg.Span).Height));
    }

    private async Task<(Dictionary<StageKind, StageResult> Results, List<PreviewPicture> Previews)> EditAsync(StageRunnerOptions options)
    {
        var store = fixture.NewStore();
        var clock = new Clock();
        using var runner = new StageRunner(store, EditFixture.Models(), options, clock);
        var inputs = await VideoImport.ImportAsync(fixture.Clip, fixture.Mask, Settings, store, Cancel);
        var results = new Dictionary<StageKind, StageResult>();
        var previews = new List<PreviewPicture>();
        foreach (var stage in StageGraph.All)
        {
            results[stage] = await runner.RunAsync(stage, inputs, results, new Told(told =>
            {
                clock.Advance(told.Preview is null ? 60 : 0);
                if (told.Preview is { } preview)
                    previews.Add(preview);
            }), Cancel);
        }

        return (results, previews);
    }

    /// <summary>A clock that stands still between advances; the date is the real one.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public double Seconds => TimeSpan.FromTicks(_ticks).TotalSeconds;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(double seconds) => _ticks += TimeSpan.FromSeconds(seconds).Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
