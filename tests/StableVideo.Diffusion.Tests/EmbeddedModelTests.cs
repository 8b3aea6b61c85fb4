using System.Diagnostics;
using StableVideo.Diffusion.Networks;
using StableVideo.Diffusion.Tests.Networks;
using StableVideo.Diffusion.Tests.Sampling;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests;

/// <summary>The model that ships with the product: against its training code's own outputs, and what it paints.</summary>
public sealed class EmbeddedModelTests
{
    private readonly string _folder = new ModelCatalogue().Resolve(ModelCatalogue.Embedded);

    [Fact]
    public void Every_network_gives_what_the_training_code_gave()
    {
        using var golden = Golden();
        var tokenizer = ClipTokenizer.Open(Path.Combine(_folder, "tokenizer"));
        Assert.Equal(golden.ReadLongs("text.ids").Data, new[] { "", "a red car" }.SelectMany(tokenizer.Encode).Select(id => (long)id));

        using var textEncoder = TextEncoder.Open(Path.Combine(_folder, "text_encoder"), NetworkOptions.Default);
        var text = textEncoder.Encode([tokenizer.Encode(""), tokenizer.Encode("a red car")], Token);
        AssertClose(golden, "text.hidden", text.Hidden);
        AssertClose(golden, "text.pooled", text.Pooled!);

        using var autoencoder = Autoencoder.Open(Path.Combine(_folder, "vae"), NetworkOptions.Default);
        AssertClose(golden, "vae.latent", autoencoder.Encode(golden.ReadFloats("vae.image"), Token).Mean);
        AssertClose(golden, "vae.decoded", autoencoder.Decode(golden.ReadFloats("vae.latent"), Token));

        using var unet = UNet.Open(Path.Combine(_folder, "unet"), NetworkOptions.Default);
        using var controlNet = ControlNet.Open(Path.Combine(_folder, "controlnet"), NetworkOptions.Default);
        var structure = controlNet.Embed(golden.ReadFloats("control"), Token);
        var sample = golden.ReadFloats("unet.sample");
        ReadOnlySpan<float> timestep = [golden.ReadLongs("unet.timestep").Data[0]];
        var prompt = textEncoder.Encode([tokenizer.Encode("a red car")], Token);
        var residuals = controlNet.Predict(sample, timestep, prompt.Hidden, prompt.Pooled, structure, [1], Token);
        AssertClose(golden, "unet.out", unet.Predict(sample, timestep, prompt.Hidden, prompt.Pooled, residuals, Token));
    }

    [Fact]
    public void A_whole_loop_arrives_where_the_training_code_arrived()
    {
        using var golden = Golden();
        var tokenizer = ClipTokenizer.Open(Path.Combine(_folder, "tokenizer"));
        using var textEncoder = TextEncoder.Open(Path.Combine(_folder, "text_encoder"), NetworkOptions.Default);
        using var unet = UNet.Open(Path.Combine(_folder, "unet"), NetworkOptions.Default);
        using var controlNet = ControlNet.Open(Path.Combine(_folder, "controlnet"), NetworkOptions.Default);
        var sampler = Sampler.Create(SamplerKind.Ddim, NoiseSchedule.Open(Path.Combine(_folder, "scheduler")), 6);
        Assert.Equal(golden.ReadLongs("loop.timesteps").Data.Select(value => (double)value), sampler.Timesteps);

        var picture = new PictureInProgress(golden.ReadFloats("loop.noise"))
        {
            Control = (controlNet.Embed(golden.ReadFloats("control"), Token), 1),
            Text = textEncoder.Encode([tokenizer.Encode(""), tokenizer.Encode("a red car")], Token),
            GuidanceScale = 2,
            Sampler = sampler,
        };
        new DenoisingBatcher(1).Run(picture, new DenoisingStep(unet, controlNet), null, Token);

        var error = GoldenLoopTests.RelativeError(golden.ReadFloats("loop.out").Data, picture.Latents.Data);
        Assert.True(error <= 1e-3, $"Relative L2 error {error:e2}");
    }

    /// <summary>A prompt's colour must arrive on a grey object, from noise and from the picture itself, with the object's shape kept.</summary>
    [Theory]
    [InlineData("a red car", false, 0)]
    [InlineData("a red car", true, 0)]
    [InlineData("a blue car", false, 2)]
    [InlineData("a blue car", true, 2)]
    public void A_grey_car_takes_the_colour_of_the_prompt(string prompt, bool fromPicture, int channel)
    {
        using var model = ImageModel.Open(_folder);
        var (picture, body) = GreyCar();

        var painted = model.Generate(
            new ImageRequest { Prompt = prompt, Structure = picture, Init = fromPicture ? picture : null, Seed = 1 }, null, Token);

        var (red, green, blue) = MeanInside(painted, body);
        double[] colour = [red, green, blue];
        var others = (colour.Sum() - colour[channel]) / 2;
        Assert.True(colour[channel] - others > 40, $"The body is {red:f0}, {green:f0}, {blue:f0}.");
        var likeness = Correlation(Colour.ToGray(picture).Data, Colour.ToGray(painted).Data);
        Assert.True(likeness > 0.8, $"Luma correlates by {likeness:f2} only.");
    }

    [Fact]
    public void A_step_that_takes_seconds_is_cancelled_within_one()
    {
        using var model = ImageModel.Open(_folder);
        var request = new ImageRequest { Prompt = "a red car", Structure = new Raster<byte>(1536, 1024, 3), Steps = 1000 };
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var clock = Stopwatch.StartNew();
        var cancelled = TimeSpan.MaxValue;
        using var registration = cancellation.Token.Register(() => cancelled = clock.Elapsed);

        Assert.ThrowsAny<OperationCanceledException>(() => model.Generate(request, null, cancellation.Token));

        Assert.True(clock.Elapsed - cancelled < TimeSpan.FromSeconds(1), $"Cancelled after {cancelled}, stopped after {clock.Elapsed}.");
        var small = request with { Structure = new Raster<byte>(64, 64, 3), Steps = 1 };
        Assert.Equal(64 * 64 * 3, model.Generate(small, null, Token).Data.Length);
    }

    [Fact]
    public void Words_outside_the_vocabulary_are_told()
    {
        using var model = ImageModel.Open(_folder);

        Assert.Empty(model.UnknownWords("a red car in snowy winter"));
        Assert.Equal(["gryphon"], model.UnknownWords("a red gryphon"));
        Assert.Equal(StructureKind.Luminance, model.Info.Guidance);
        Assert.Equal(32, model.Info.SizeMultiple);
    }

    [Fact]
    public void Weights_stay_within_what_a_checkout_can_bear()
    {
        var bytes = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

        Assert.True(bytes <= 25 << 20, $"{bytes >> 20} MiB");
    }

    /// <summary>A shaded grey car from the side on black, and the mask of its body.</summary>
    private static (Raster<byte> Picture, Raster<byte> Body) GreyCar()
    {
        var picture = new Raster<byte>(192, 128, 3);
        var body = new Raster<byte>(192, 128, 1);
        for (var y = 0; y < 128; y++)
        {
            for (var x = 0; x < 192; x++)
            {
                var roof = y is > 34 and < 64 && x > 60 - (y - 34) / 3 && x < 140 + (y - 34) / 3;
                var hull = y is >= 62 and < 92 && x is > 20 and < 172;
                var window = y is > 40 and < 60 && (x is > 64 and < 96 || x is > 104 and < 134);
                var wheel = Math.Min(Math.Pow(x - 54, 2), Math.Pow(x - 140, 2)) + Math.Pow(y - 92, 2) < 15 * 15;
                var grey = wheel ? 40 : window ? 70 : roof || hull ? 190 - y : 0;
                picture.Row(y).Slice(3 * x, 3).Fill((byte)grey);
                body[x, y] = (byte)(grey > 90 ? 255 : 0);
            }
        }

        return (picture, body);
    }

    private static (double Red, double Green, double Blue) MeanInside(Raster<byte> picture, Raster<byte> mask)
    {
        var inside = Enumerable.Range(0, mask.Data.Length).Where(i => mask.Data[i] > 0).ToArray();
        return (inside.Average(i => picture.Data[3 * i]), inside.Average(i => picture.Data[3 * i + 1]), inside.Average(i => picture.Data[3 * i + 2]));
    }

    private static double Correlation(byte[] first, byte[] second)
    {
        var (a, b) = (first.Average(value => value), second.Average(value => value));
        var (ab, aa, bb) = (0.0, 0.0, 0.0);
        for (var i = 0; i < first.Length; i++)
        {
            ab += (first[i] - a) * (second[i] - b);
            aa += (first[i] - a) * (first[i] - a);
            bb += (second[i] - b) * (second[i] - b);
        }

        return ab / Math.Sqrt(aa * bb);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TensorFile Golden() => TensorFile.Open(Path.Combine(_folder, "golden.safetensors"));

    private static void AssertClose(TensorFile golden, string key, FloatTensor actual) => Difference.AssertClose(golden.ReadFloats(key), actual);
}
