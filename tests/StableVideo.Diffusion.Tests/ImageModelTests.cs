using StableVideo.Imaging;

namespace StableVideo.Diffusion.Tests;

public sealed class ImageModelTests(ImageModelTests.Opened opened) : IClassFixture<ImageModelTests.Opened>
{
    private readonly ImageModel _model = opened.Model;

    [Fact]
    public void The_same_request_gives_the_same_bytes_and_another_seed_another_picture()
    {
        var request = Request();
        var first = Paint(request);

        Assert.Equal((128, 64, 3), (first.Width, first.Height, first.Channels));
        Assert.Equal(first.Data, Paint(request).Data);
        Assert.NotEqual(first.Data, Paint(request with { Seed = 8 }).Data);
        Assert.NotEqual(first.Data, Paint(request with { Prompt = "a blue car" }).Data);
    }

    [Fact]
    public void A_model_opened_anew_gives_the_same_bytes()
    {
        using var again = ImageModel.Open(opened.Folder.Path);

        Assert.Equal(Paint(Request()).Data, again.Generate(Request(), null, TestContext.Current.CancellationToken).Data);
    }

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.DpmSolver)]
    [InlineData(SamplerKind.Euler)]
    [InlineData(SamplerKind.UniPc)]
    public void Every_sampler_paints_from_a_picture(SamplerKind sampler)
    {
        var request = Request() with { Sampler = sampler, Init = Checks(128, 64), Strength = 0.5f, Steps = 4 };
        var progress = new Recorder();

        Assert.Equal(128 * 64 * 3, Paint(request, progress).Data.Length);
        Assert.Equal([new(1, 2), new(2, 2)], progress.Reports);
    }

    [Fact]
    public void Without_strength_the_start_picture_comes_back_as_the_autoencoder_sees_it()
    {
        var request = Request() with { Init = Checks(128, 64), Strength = 0 };
        var progress = new Recorder();

        var picture = Paint(request, progress);
        Assert.Empty(progress.Reports);
        Assert.Equal(picture.Data, Paint(request with { Seed = 9, Prompt = "a blue car" }).Data);
    }

    [Fact]
    public void Structure_matters_where_the_control_net_has_weight()
    {
        var flat = Request() with { Structure = new Raster<byte>(128, 64, 3) };

        Assert.NotEqual(Paint(Request()).Data, Paint(flat).Data);
        Assert.Equal(Paint(Request() with { ControlScale = 0 }).Data, Paint(flat with { ControlScale = 0 }).Data);
    }

    [Fact]
    public void Without_guidance_the_negative_prompt_does_not_matter()
    {
        var request = Request() with { GuidanceScale = 1 };

        Assert.Equal(Paint(request).Data, Paint(request with { NegativePrompt = "red" }).Data);
        Assert.NotEqual(Paint(Request()).Data, Paint(Request() with { NegativePrompt = "red" }).Data);
    }

    [Fact]
    public void Cancellation_is_seen_between_steps()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Recorder { OnReport = cancellation.Cancel };

        Assert.Throws<OperationCanceledException>(() => _model.Generate(Request(), progress, cancellation.Token));
        Assert.Single(progress.Reports);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public async Task Pictures_asked_for_at_the_same_time_come_out_as_alone(int maxBatch)
    {
        var requests = Enumerable.Range(0, 4).Select(i => Request() with
        {
            Prompt = i % 2 == 0 ? "a red car" : "a blue car",
            Seed = (ulong)i,
            Steps = 2 + i,
            Structure = i < 3 ? Checks(128, 64) : Checks(64, 64),
        }).ToList();
        var alone = requests.Select(request => Paint(request)).ToList();
        using var model = ImageModel.Open(opened.Folder.Path, new ImageModelOptions { MaxBatch = maxBatch });

        var together = await Task.WhenAll(requests.Select(request => Task.Factory.StartNew(
            () => model.Generate(request, null, TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        for (var i = 0; i < requests.Count; i++)
            Assert.Equal(alone[i].Data, together[i].Data);
    }

    [Fact]
    public void A_batch_of_none_is_refused() => Assert.StartsWith(
        "MaxBatch is 0; it must be at least 1.",
        Assert.Throws<ArgumentException>(() => ImageModel.Open(opened.Folder.Path, new ImageModelOptions { MaxBatch = 0 })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Wrong_requests_are_refused_with_what_is_right()
    {
        Refused(Request() with { Structure = new Raster<byte>(100, 64, 3) }, "The structure picture is 100x64; both sides must be multiples of 64.");
        Refused(Request() with { Structure = new Raster<byte>(64, 64, 1) }, "The structure picture must have 3 channels, it has 1.");
        Refused(Request() with { Init = new Raster<byte>(64, 64, 3) },
            "The start picture is 64x64 with 3 channels; it must be 128x64 with 3, like the structure picture.");
        Refused(Request() with { Steps = 1001 }, "Steps is 1001; it must be from 0 to 1000.");
        Refused(Request() with { Strength = 1.5f }, "Strength is 1.5; it must be from 0 to 1.");
        Refused(Request() with { GuidanceScale = float.NaN }, "GuidanceScale is NaN; it must be from 0 to 100.");
    }

    private Raster<byte> Paint(ImageRequest request, IProgress<DenoiseProgress>? progress = null) =>
        _model.Generate(request, progress, TestContext.Current.CancellationToken);

    private void Refused(ImageRequest request, string message) => Assert.Equal(message, Assert.Throws<ArgumentException>(() => Paint(request)).Message);

    private static ImageRequest Request() => new() { Prompt = "a red car", Structure = Checks(128, 64), Seed = 7, Steps = 2 };

    private static Raster<byte> Checks(int width, int height)
    {
        var picture = new Raster<byte>(width, height, 3);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                picture[x, y, (x / 16 + y / 16) % 3] = 230;
        }

        return picture;
    }

    private sealed class Recorder : IProgress<DenoiseProgress>
    {
        public List<DenoiseProgress> Reports { get; } = [];

        public Action? OnReport { get; init; }

        public void Report(DenoiseProgress value)
        {
            Reports.Add(value);
            OnReport?.Invoke();
        }
    }

    /// <summary>Opened by the first test that asks: what a fixture throws fails its tests, and where the fixtures are missing they are to be skipped.</summary>
    public sealed class Opened : IDisposable
    {
        private readonly Lazy<TinyModel> _folder = new(() => new TinyModel());
        private readonly Lazy<ImageModel> _model;

        public Opened() => _model = new Lazy<ImageModel>(() => ImageModel.Open(Folder.Path));

        public TinyModel Folder => _folder.Value;

        public ImageModel Model => _model.Value;

        public void Dispose()
        {
            if (_model.IsValueCreated)
                Model.Dispose();
            if (_folder.IsValueCreated)
                Folder.Dispose();
        }
    }
}
