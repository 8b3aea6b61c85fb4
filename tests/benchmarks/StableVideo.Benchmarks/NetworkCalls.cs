using BenchmarkDotNet.Attributes;
using StableVideo.Diffusion;
using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;

namespace StableVideo.Benchmarks;

/// <summary>Single calls of the embedded model's networks at 256x256 with guidance (latents 64x64, two rows), on one thread.</summary>
public class NetworkCalls
{
    private const int Latent = 64;
    private const int Prompts = 2000;

    private ITextEncoder _textEncoder = null!;
    private ClipTokenizer _tokenizer = null!;
    private UNet _unet = null!;
    private ControlNet _controlNet = null!;
    private IAutoencoder _autoencoder = null!;
    private FloatTensor _sample = null!;
    private FloatTensor _structure = null!;
    private TextEmbedding _text = null!;
    private ControlResiduals _residuals = null!;

    /// <summary>Opens the networks and prepares one step.</summary>
    [GlobalSetup]
    public void Open()
    {
        var folder = new ModelCatalogue().Resolve(ModelCatalogue.Embedded);
        var options = new NetworkOptions { Threads = 1 };
        _tokenizer = ClipTokenizer.Open(Path.Combine(folder, "tokenizer"));
        _textEncoder = TextEncoder.Open(Path.Combine(folder, "text_encoder"), options);
        _unet = UNet.Open(Path.Combine(folder, "unet"), options);
        _controlNet = ControlNet.Open(Path.Combine(folder, "controlnet"), options);
        _autoencoder = Autoencoder.Open(Path.Combine(folder, "vae"), options);
        _sample = new FloatTensor(2, _unet.LatentChannels, Latent, Latent);
        new TorchRandom(1).FillNormal(_sample.Span);
        _text = EncodePrompts();
        _structure = _controlNet.Embed(new FloatTensor(1, 3, Latent * _autoencoder.Downscale, Latent * _autoencoder.Downscale));
        _residuals = ControlNetStep();
    }

    /// <summary>Closes the networks.</summary>
    [GlobalCleanup]
    public void Close()
    {
        _textEncoder.Dispose();
        _unet.Dispose();
        _controlNet.Dispose();
        _autoencoder.Dispose();
    }

    /// <summary>A prompt and its negative, from text to embeddings.</summary>
    [Benchmark(OperationsPerInvoke = Prompts)]
    public TextEmbedding TextEncoding()
    {
        for (var i = 1; i < Prompts; i++)
            _ = EncodePrompts();
        return EncodePrompts();
    }

    /// <summary>The ControlNet's share of a step.</summary>
    [Benchmark]
    public ControlResiduals ControlNetStep() => _controlNet.Predict(_sample, [500], _text.Hidden, _text.Pooled, _structure, [1]);

    /// <summary>The UNet's share of a step.</summary>
    [Benchmark]
    public FloatTensor UNetStep() => _unet.Predict(_sample, [500], _text.Hidden, _text.Pooled, _residuals);

    /// <summary>A whole step: ControlNet, then UNet.</summary>
    [Benchmark]
    public FloatTensor DenoisingStep() => _unet.Predict(_sample, [500], _text.Hidden, _text.Pooled, ControlNetStep());

    /// <summary>Latents to pictures.</summary>
    [Benchmark]
    public FloatTensor Decoding() => _autoencoder.Decode(_sample);

    private TextEmbedding EncodePrompts() => _textEncoder.Encode([_tokenizer.Encode("blurred, deformed"), _tokenizer.Encode("a red car in snowy winter")]);
}
