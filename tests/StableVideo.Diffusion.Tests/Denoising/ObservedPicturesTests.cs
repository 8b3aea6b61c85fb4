using StableVideo.Imaging;

namespace StableVideo.Diffusion.Tests.Denoising;

/// <summary>Pictures that are looked at while they are painted.</summary>
public sealed class ObservedPicturesTests
{
    [Theory]
    [InlineData(256)]
    [InlineData(48)]
    public void Looking_at_an_embedded_model_changes_nothing_and_shows_what_comes(int side)
    {
        using var model = ImageModel.Open(new ModelCatalogue().Resolve(ModelCatalogue.Embedded));
        var request = new ImageRequest { Prompt = "a red car", Structure = Ramp(128, 96), Seed = 5, Steps = 6 };
        var (painted, observer) = Observe(model, request, side);

        Assert.Equal(5, observer.Looks.Count);
        Assert.Equal([1, 2, 3, 4, 5, 6], observer.Steps);
        Assert.All(observer.Looks, look => Assert.Equal(side >= 128 ? (128, 96) : (48, 36), (look.Width, look.Height)));
        var last = Resample.Resize(painted, observer.Looks[0].Width, observer.Looks[0].Height, ResampleFilter.Area);
        var (early, late) = (Quality.Psnr(observer.Looks[0], last), Quality.Psnr(observer.Looks[^1], last));
        Assert.True(late > 25 && late > early + 3, $"The first look is {early:0.0} dB from the picture, the last one {late:0.0} dB.");
    }

    [Theory]
    [InlineData(256, 128, 64)]
    [InlineData(64, 64, 32)]
    [InlineData(10, 10, 5)]
    public void Latents_of_a_KL_autoencoder_are_decoded_small(int side, int width, int height)
    {
        using var folder = new TinyModel();
        using var model = ImageModel.Open(folder.Path);
        var (_, observer) = Observe(model, new ImageRequest { Prompt = "a red car", Structure = Ramp(128, 64), Seed = 5, Steps = 3 }, side);
        Assert.Equal([(width, height), (width, height)], observer.Looks.Select(look => (look.Width, look.Height)));
    }

    private static (Raster<byte> Painted, Observer Observer) Observe(ImageModel model, ImageRequest request, int side)
    {
        var observer = new Observer(side);
        var painted = model.Generate(request, observer, TestContext.Current.CancellationToken);
        Assert.Equal(model.Generate(request, null, TestContext.Current.CancellationToken).Data, painted.Data);
        return (painted, observer);
    }

    private static Raster<byte> Ramp(int width, int height)
    {
        var picture = new Raster<byte>(width, height, 3);
        for (var i = 0; i < picture.Data.Length; i++)
            picture.Data[i] = (byte)(40 + (i / 3 % width * 150 / width));
        return picture;
    }

    private sealed class Observer(int side) : IDenoisingObserver
    {
        public List<int> Steps { get; } = [];

        public List<Raster<byte>> Looks { get; } = [];

        public void Report(DenoiseProgress value) => Steps.Add(value.Step);

        public void Look(Func<int, Raster<byte>> decode) => Looks.Add(decode(side));
    }
}
