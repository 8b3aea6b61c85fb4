using StableVideo.Diffusion.Networks;
using StableVideo.Diffusion.Tests.Networks;
using StableVideo.Diffusion.Tests.Sampling;
using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests;

/// <summary>The model that ships with the product: against its training code's own outputs, and what it paints.</summary>
public sealed class EmbeddedModelTests
{
    private readonly string folder;

    public EmbeddedModelTests()
    {
        try
        {
            folder = new ModelCatalogue().Resolve(ModelCatalogue.Embedded);
        }
        catch (ModelException error)
        {
            Assert.Skip(error.Message);
            throw;
        }
    }

    [Fact]
    public void Every_network_gives_what_the_training_code_gave()
    {
        using var golden = Golden();
        var tokenizer = ClipTokenizer.Open(Path.Combine(folder, "tokenizer"));
        Assert.Equal(golden.ReadLongs("text.ids").Data, new[] { "", "a red car" }.SelectMany(tokenizer.Encode).Select(id => (long)id));

        using var textEncoder = TextEncoder.Open(Path.Combine(folder, "text_encoder"), NetworkOptions.Default);
        var text = textEncoder.Encode(tokenizer.Encode(""), tokenizer.Encode("a red car"));
        AssertClose(golden, "text.hidden", text.Hidden);
        AssertClose(golden, "text.pooled", text.Pooled!);

        using var autoencoder = Autoencoder.Open(Path.Combine(folder, "vae"), NetworkOptions.Default);
        AssertClose(golden, "vae.latent", autoencoder.Encode(golden.ReadFloats("vae.image")).Mean);
        AssertClose(golden, "vae.decoded", autoencoder.Decode(golden.ReadFloats("vae.latent")));

        using var unet = UNet.Open(Path.Combine(folder, "unet"), NetworkOptions.Default);
        using var controlNet = ControlNet.Open(Path.Combine(folder, "controlnet"), NetworkOptions.Default);
        var structure = controlNet.Embed(golden.ReadFloats("control"));
        var sample = golden.ReadFloats("unet.sample");
        ReadOnlySpan<float> timestep = [golden.ReadLongs("unet.timestep").Data[0]];
        var prompt = textEncoder.Encode(tokenizer.Encode("a red car"));
        var residuals = controlNet.Predict(sample, timestep, prompt.Hidden, prompt.Pooled, structure);
        AssertClose(golden, "unet.out", unet.Predict(sample, timestep, prompt.Hidden, prompt.Pooled, residuals));
    }

    [Fact]
    public void A_whole_loop_arrives_where_the_training_code_arrived()
    {
        using var golden = Golden();
        var tokenizer = ClipTokenizer.Open(Path.Combine(folder, "tokenizer"));
        using var textEncoder = TextEncoder.Open(Path.Combine(folder, "text_encoder"), NetworkOptions.Default);
        using var unet = UNet.Open(Path.Combine(folder, "unet"), NetworkOptions.Default);
        using var controlNet = ControlNet.Open(Path.Combine(folder, "controlnet"), NetworkOptions.Default);
        var sampler = Sampler.Create(SamplerKind.Ddim, NoiseSchedule.Open(Path.Combine(folder, "scheduler")), 6);
        Assert.Equal(golden.ReadLongs("loop.timesteps").Data.Select(value => (double)value), sampler.Timesteps);

        var loop = new DenoisingLoop
        {
            Denoiser = unet,
            Control = (controlNet, controlNet.Embed(golden.ReadFloats("control")), 1),
            Text = textEncoder.Encode(tokenizer.Encode(""), tokenizer.Encode("a red car")),
            GuidanceScale = 2,
            Sampler = sampler,
        };
        var latents = loop.Run(golden.ReadFloats("loop.noise"), 0, null, TestContext.Current.CancellationToken);

        var error = GoldenLoopTests.RelativeError(golden.ReadFloats("loop.out").Data, latents.Data);
        Assert.True(error <= 1e-3, $"Relative L2 error {error:e2}");
    }

    [Fact]
    public void Words_outside_the_vocabulary_are_told()
    {
        using var model = ImageModel.Open(folder);

        Assert.Empty(model.UnknownWords("a red car in snowy winter"));
        Assert.Equal(["gryphon"], model.UnknownWords("a red gryphon"));
        Assert.Equal(StructureKind.Luminance, model.Info.Guidance);
        Assert.Equal(32, model.Info.SizeMultiple);
    }

    [Fact]
    public void Weights_stay_within_what_a_checkout_can_bear()
    {
        var bytes = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

        Assert.True(bytes <= 25 << 20, $"{bytes >> 20} MiB");
    }

    private TensorFile Golden() => TensorFile.Open(Path.Combine(folder, "golden.safetensors"));

    private static void AssertClose(TensorFile golden, string key, FloatTensor actual) => Difference.AssertClose(golden.ReadFloats(key), actual);
}
