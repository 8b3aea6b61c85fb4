using StableVideo.Imaging;

namespace StableVideo.Diffusion;

/// <summary>A text-to-image model with structure guidance: a Stable Diffusion 1.x family folder in diffusers layout, used as it was downloaded.</summary>
/// <remarks>
/// Networks are opened when first needed and kept. The same request gives the same bytes on the same execution provider.
/// Thread safe; pictures asked for at the same time are painted one after the other, since each already uses all cores.
/// </remarks>
public sealed class ImageModel : IDisposable
{
    private ImageModel(ImageModelInfo info)
    {
        Info = info;
    }

    /// <summary>What the model is and recommends.</summary>
    public ImageModelInfo Info { get; }

    /// <summary>Checks the folder's configuration and files; weights are read later.</summary>
    /// <exception cref="ModelException">A file is missing, or a class or setting is not supported.</exception>
    public static ImageModel Open(string folder, ImageModelOptions? options = null) => throw new NotSupportedException();

    /// <summary>The words of a prompt that the model's vocabulary lacks, in order, each once. Empty for models with an open vocabulary.</summary>
    public IReadOnlyList<string> UnknownWords(string prompt) => throw new NotSupportedException();

    /// <summary>Paints a picture. Synchronous and heavy: the caller chooses the thread.</summary>
    /// <param name="request">What to paint.</param>
    /// <param name="progress">Told after each denoising step, on the calling thread.</param>
    /// <param name="cancellationToken">Looked at between denoising steps.</param>
    /// <returns>RGB, of the size of <see cref="ImageRequest.Structure"/>.</returns>
    /// <exception cref="ArgumentException">A picture of the wrong shape or a number out of its range.</exception>
    /// <exception cref="ModelException">Weights are missing or broken.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Raster<byte> Generate(ImageRequest request, IProgress<DenoiseProgress>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
