using StableVideo.Diffusion.Networks;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>A text-to-image model with structure guidance: a Stable Diffusion 1.x family folder in diffusers layout, used as it was downloaded.</summary>
/// <remarks>
/// Networks are opened when first needed and kept. The same request gives the same bytes on the same execution provider; on CUDA, whose kernels depend on
/// the size of a batch, only where <see cref="ImageModelOptions.MaxBatch"/> is 1.
/// Thread safe: one network runs at a time, and pictures of one size that are asked for at the same time may share its runs.
/// </remarks>
public sealed class ImageModel : IDisposable
{
    private readonly ModelFolder _folder;
    private readonly ImageModelOptions _options;
    private readonly Lazy<ClipTokenizer> _tokenizer;
    private readonly DenoisingBatcher _batcher;
    private ModelNetworks? _networks;

    private ImageModel(ModelFolder folder, ImageModelOptions options)
    {
        _folder = folder;
        _options = options;
        _batcher = new DenoisingBatcher(options.MaxBatch);
        _tokenizer = new Lazy<ClipTokenizer>(() => ClipTokenizer.Open(folder.Tokenizer));
    }

    /// <summary>What the model is and recommends.</summary>
    public ImageModelInfo Info => _folder.Info;

    /// <summary>Checks the folder's configuration and files; weights are read later.</summary>
    /// <exception cref="ModelException">A file is missing, or a class or setting is not supported.</exception>
    /// <exception cref="ArgumentException">A number out of its range.</exception>
    public static ImageModel Open(string folder, ImageModelOptions? options = null)
    {
        options ??= new ImageModelOptions();
        if (options.MaxBatch < 1)
            throw new ArgumentException($"MaxBatch is {options.MaxBatch}; it must be at least 1.", nameof(options));
        return new ImageModel(ModelFolder.Open(folder, options), options);
    }

    /// <summary>The words of a prompt that the model's vocabulary lacks, in order, each once. Empty for models with an open vocabulary.</summary>
    public IReadOnlyList<string> UnknownWords(string prompt) => _folder.HasClosedVocabulary ? _tokenizer.Value.WordsInPieces(prompt) : [];

    /// <summary>Paints a picture. Synchronous and heavy: the caller chooses the thread.</summary>
    /// <param name="request">What to paint.</param>
    /// <param name="progress">Told after each denoising step, on the calling thread; an <see cref="IDenoisingObserver"/> may look at what is being painted.</param>
    /// <param name="cancellationToken">Ends a running network before its next operator: fractions of a second.</param>
    /// <returns>RGB, of the size of <see cref="ImageRequest.Structure"/>.</returns>
    /// <exception cref="ArgumentException">A picture of the wrong shape or a number out of its range.</exception>
    /// <exception cref="ModelException">Weights are missing or broken.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Raster<byte> Generate(ImageRequest request, IProgress<DenoiseProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate(Info.SizeMultiple);
        var model = _batcher.RunAlone(() => _networks ??= new ModelNetworks(_folder, _options), cancellationToken);
        var observer = progress as IDenoisingObserver;
        var picture = _batcher.RunAlone(() => Prepare(model, request, observer is not null, cancellationToken), cancellationToken);
        var reports = observer is null ? progress : new Observation(observer, side => Look(model, picture, side, cancellationToken));
        _batcher.Run(picture, model.Step, reports, cancellationToken);
        var latents = Scaled(picture.Latents, 1 / model.Autoencoder.Scale);
        return PictureTensor.ToPicture(_batcher.RunAlone(() => model.Autoencoder.Decode(latents, cancellationToken), cancellationToken));
    }

    /// <summary>Closes the networks. Must not run while a picture is painted.</summary>
    public void Dispose() => _networks?.Dispose();

    private Raster<byte> Look(ModelNetworks model, PictureInProgress picture, int side, CancellationToken cancellationToken)
    {
        var expected = picture.Expected!;
        return _batcher.RunAlone(() => DenoisingPreview.Decode(model.Autoencoder, expected, side, cancellationToken), cancellationToken);
    }

    private PictureInProgress Prepare(ModelNetworks model, ImageRequest request, bool observed, CancellationToken cancellationToken)
    {
        var steps = request.Steps == 0 ? Info.Steps : request.Steps;
        var sampler = Sampler.Create(request.Sampler, _folder.Schedule, steps);
        var firstStep = request.Init is null ? 0 : Sampler.FirstStep(steps, request.Strength ?? Info.Strength);
        var guidanceScale = request.GuidanceScale ?? Info.GuidanceScale;
        return new PictureInProgress(StartLatents(model.Autoencoder, request, sampler, firstStep, cancellationToken), firstStep)
        {
            Text = EncodePrompts(model, request, guidanceScale, cancellationToken),
            Control = PrepareControl(model, request, cancellationToken),
            GuidanceScale = guidanceScale,
            GuidanceRescale = request.GuidanceRescale ?? Info.GuidanceRescale,
            Sampler = sampler,
            IsObserved = observed,
        };
    }

    private TextEmbedding EncodePrompts(ModelNetworks model, ImageRequest request, float guidanceScale, CancellationToken cancellationToken)
    {
        var prompt = _tokenizer.Value.Encode(request.Prompt);
        return model.TextEncoder.Encode(guidanceScale == 1 ? [prompt] : [_tokenizer.Value.Encode(request.NegativePrompt), prompt], cancellationToken);
    }

    private static (FloatTensor Embedding, float Scale)? PrepareControl(
        ModelNetworks model, ImageRequest request, CancellationToken cancellationToken)
    {
        if (model.ControlNet is not { } network || request.ControlScale == 0 || model.Structure.Compute(request.Structure, cancellationToken) is not { } guidance)
            return null;
        return (network.Embed(guidance, cancellationToken), request.ControlScale);
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

    private sealed class Observation(IDenoisingObserver observer, Func<int, Raster<byte>> decode) : IProgress<DenoiseProgress>
    {
        public void Report(DenoiseProgress value)
        {
            observer.Report(value);
            if (value.Step < value.Steps)
                observer.Look(decode);
        }
    }
}
