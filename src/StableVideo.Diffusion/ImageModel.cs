using StableVideo.Diffusion.Networks;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>A text-to-image model with structure guidance: a Stable Diffusion 1.x family folder in diffusers layout, used as it was downloaded.</summary>
/// <remarks>
/// Networks are opened when first needed and kept. The same request gives the same bytes on the same execution provider.
/// Thread safe; pictures asked for at the same time are painted one after the other, since each already uses all cores.
/// </remarks>
public sealed class ImageModel : IDisposable
{
    private readonly ModelFolder _folder;
    private readonly ImageModelOptions _options;
    private readonly Lazy<ClipTokenizer> _tokenizer;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ModelNetworks? _networks;

    private ImageModel(ModelFolder folder, ImageModelOptions options)
    {
        _folder = folder;
        _options = options;
        _tokenizer = new Lazy<ClipTokenizer>(() => ClipTokenizer.Open(folder.Tokenizer));
    }

    /// <summary>What the model is and recommends.</summary>
    public ImageModelInfo Info => _folder.Info;

    /// <summary>Checks the folder's configuration and files; weights are read later.</summary>
    /// <exception cref="ModelException">A file is missing, or a class or setting is not supported.</exception>
    public static ImageModel Open(string folder, ImageModelOptions? options = null)
    {
        options ??= new ImageModelOptions();
        return new ImageModel(ModelFolder.Open(folder, options), options);
    }

    /// <summary>The words of a prompt that the model's vocabulary lacks, in order, each once. Empty for models with an open vocabulary.</summary>
    public IReadOnlyList<string> UnknownWords(string prompt) => _folder.HasClosedVocabulary ? _tokenizer.Value.WordsInPieces(prompt) : [];

    /// <summary>Paints a picture. Synchronous and heavy: the caller chooses the thread.</summary>
    /// <param name="request">What to paint.</param>
    /// <param name="progress">Told after each denoising step, on the calling thread.</param>
    /// <param name="cancellationToken">Ends a running network before its next operator: fractions of a second.</param>
    /// <returns>RGB, of the size of <see cref="ImageRequest.Structure"/>.</returns>
    /// <exception cref="ArgumentException">A picture of the wrong shape or a number out of its range.</exception>
    /// <exception cref="ModelException">Weights are missing or broken.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Raster<byte> Generate(ImageRequest request, IProgress<DenoiseProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate(Info.SizeMultiple);
        _turn.Wait(cancellationToken);
        try
        {
            _networks ??= new ModelNetworks(_folder, _options);
            return Paint(_networks, request, progress, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes the networks. Must not run while a picture is painted.</summary>
    public void Dispose()
    {
        _networks?.Dispose();
        _turn.Dispose();
    }

    private Raster<byte> Paint(ModelNetworks model, ImageRequest request, IProgress<DenoiseProgress>? progress, CancellationToken cancellationToken)
    {
        var steps = request.Steps == 0 ? Info.Steps : request.Steps;
        var sampler = Sampler.Create(request.Sampler, _folder.Schedule, steps);
        var firstStep = request.Init is null ? 0 : Sampler.FirstStep(steps, request.Strength ?? Info.Strength);
        var guidanceScale = request.GuidanceScale ?? Info.GuidanceScale;
        var loop = new DenoisingLoop
        {
            Denoiser = model.Denoiser,
            Text = EncodePrompts(model, request, guidanceScale, cancellationToken),
            Control = PrepareControl(model, request, cancellationToken),
            GuidanceScale = guidanceScale,
            GuidanceRescale = request.GuidanceRescale ?? Info.GuidanceRescale,
            Sampler = sampler,
        };

        var latents = loop.Run(StartLatents(model.Autoencoder, request, sampler, firstStep, cancellationToken), firstStep, progress, cancellationToken);
        return PictureTensor.ToPicture(model.Autoencoder.Decode(Scaled(latents, 1 / model.Autoencoder.Scale), cancellationToken));
    }

    private TextEmbedding EncodePrompts(ModelNetworks model, ImageRequest request, float guidanceScale, CancellationToken cancellationToken)
    {
        var prompt = _tokenizer.Value.Encode(request.Prompt);
        return model.TextEncoder.Encode(guidanceScale == 1 ? [prompt] : [_tokenizer.Value.Encode(request.NegativePrompt), prompt], cancellationToken);
    }

    private static (ControlNet Network, FloatTensor Embedding, float Scale)? PrepareControl(
        ModelNetworks model, ImageRequest request, CancellationToken cancellationToken)
    {
        if (model.ControlNet is not { } network || request.ControlScale == 0 || model.Structure.Compute(request.Structure, cancellationToken) is not { } guidance)
            return null;
        return (network, network.Embed(guidance, cancellationToken), request.ControlScale);
    }

    private static FloatTensor StartLatents(IAutoencoder autoencoder, ImageRequest request, Sampler sampler, int firstStep, CancellationToken cancellationToken)
    {
        var (width, height) = (request.Structure.Width / autoencoder.Downscale, request.Structure.Height / autoencoder.Downscale);
        var noise = new FloatTensor(1, autoencoder.LatentChannels, height, width);
        new TorchRandom(request.Seed).FillNormal(noise.Span);
        if (request.Init is not { } init)
            return Scaled(noise, (float)sampler.InitialScale);
        var clean = Scaled(autoencoder.Encode(PictureTensor.Signed(init), cancellationToken).Mean, autoencoder.Scale);
        if (firstStep == sampler.Timesteps.Count)
            return clean;
        var noisy = new FloatTensor([.. noise.Shape]);
        sampler.AddNoise(firstStep, clean.Span, noise.Span, noisy.Span);
        return noisy;
    }

    private static FloatTensor Scaled(FloatTensor latents, float factor)
    {
        if (factor == 1)
            return latents;
        var scaled = latents.Clone();
        foreach (ref var value in scaled.Span)
            value *= factor;
        return scaled;
    }
}
