using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;
using StableVideo.Tests;

namespace StableVideo.Diffusion.Tests.Networks;

/// <summary>Every network of a small Stable Diffusion 1.x folder against the outputs of the reference implementation.</summary>
public sealed class StableDiffusionGoldenTests : IDisposable
{
    private const float ConditioningScale = 0.7f;

    private static readonly NetworkOptions Options = new() { Threads = 2 };

    private readonly string _folder = SharedFolder.Require("fixtures/sd-tiny");
    private readonly TensorFile _golden;

    public StableDiffusionGoldenTests() => _golden = TensorFile.Open(Path.Combine(_folder, "golden.safetensors"));

    [Fact]
    public void Text_encoder_matches()
    {
        using var encoder = TextEncoder.Open(Path.Combine(_folder, "text_encoder"), Options);
        var ids = _golden.ReadLongs("text.ids").Data.Select(id => (int)id).Chunk(encoder.Length).ToArray();

        var embedding = encoder.Encode(ids, Token);

        Difference.AssertClose(Golden("text.hidden"), embedding.Hidden);
        Assert.Null(embedding.Pooled);
    }

    [Fact]
    public void UNet_without_control_matches()
    {
        using var unet = UNet.Open(Path.Combine(_folder, "unet"), Options);

        var noise = unet.Predict(Golden("unet.sample"), Timesteps, Golden("text.hidden"), cancellationToken: Token);

        Difference.AssertClose(Golden("unet.noise_no_control"), noise);
    }

    [Fact]
    public void ControlNet_residuals_and_controlled_UNet_match()
    {
        using var unet = UNet.Open(Path.Combine(_folder, "unet"), Options);
        using var controlNet = ControlNet.Open(Path.Combine(_folder, "controlnet"), Options);

        var embedding = controlNet.Embed(Golden("unet.control"), Token);
        var residuals = controlNet.Predict(Golden("unet.sample"), Timesteps, Golden("text.hidden"), null, embedding, [ConditioningScale], Token);
        var noise = unet.Predict(Golden("unet.sample"), Timesteps, Golden("text.hidden"), null, residuals, Token);

        Assert.Equal(12, residuals.Down.Count);
        for (var i = 0; i < residuals.Down.Count; i++)
            Difference.AssertClose(Golden($"control.down.{i}"), residuals.Down[i]);
        Difference.AssertClose(Golden("control.mid"), residuals.Mid);
        Difference.AssertClose(Golden("unet.noise_control_0.7"), noise);
    }

    [Fact]
    public void Autoencoder_matches()
    {
        using var autoencoder = Autoencoder.Open(Path.Combine(_folder, "vae"), Options);

        var encoded = autoencoder.Encode(Golden("vae.image"), Token);
        var decoded = autoencoder.Decode(Golden("vae.latent"), Token);

        Assert.Equal((4, 8, 0.18215f), (autoencoder.LatentChannels, autoencoder.Downscale, autoencoder.Scale));
        Difference.AssertClose(Golden("vae.mean"), encoded.Mean);
        Difference.AssertClose(Golden("vae.logvar"), encoded.LogVariance!);
        Difference.AssertClose(Golden("vae.decoded"), decoded);
    }

    [Fact]
    public void A_batch_gives_what_its_rows_give()
    {
        using var unet = UNet.Open(Path.Combine(_folder, "unet"), Options);
        var sample = Golden("unet.sample");
        var context = Golden("text.hidden");
        var both = unet.Predict(sample, Timesteps, context, cancellationToken: Token);
        for (var row = 0; row < 2; row++)
        {
            var one = new FloatTensor(sample.Row(row).ToArray(), 1, 4, 16, 24);
            var text = new FloatTensor(context.Row(row).ToArray(), 1, 77, 48);
            var alone = unet.Predict(one, Timesteps.AsSpan(row, 1), text, cancellationToken: Token);
            Difference.AssertClose(new FloatTensor(both.Row(row).ToArray(), alone.Shape), alone, 1e-5f);
        }
    }

    public void Dispose() => _golden.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private float[] Timesteps => Golden("unet.timestep").Data;

    private FloatTensor Golden(string name) => _golden.ReadFloats(name);
}
