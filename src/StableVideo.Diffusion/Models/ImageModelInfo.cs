namespace StableVideo.Diffusion;

/// <summary>What is known of a model without running it.</summary>
public sealed class ImageModelInfo
{
    private readonly Lazy<string> _digest;

    internal ImageModelInfo(Func<string> digest)
    {
        _digest = new Lazy<string>(digest);
    }

    /// <summary>Short name, e.g. <c>embedded</c>, otherwise the folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>Full path of the model folder.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// SHA-256 (lower hex) over all configuration and weight files that determine the pictures. Computed when first asked for, which reads all weights once;
    /// kept for the life of the process while sizes and times of the files stay the same.
    /// </summary>
    /// <exception cref="ModelException">A file can not be read.</exception>
    public string Digest => _digest.Value;

    /// <summary>What the ControlNet wants to see.</summary>
    public required StructureKind Guidance { get; init; }

    /// <summary>Recommended denoising steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Recommended classifier-free guidance scale; a request without one takes it.</summary>
    public required float GuidanceScale { get; init; }

    /// <summary>
    /// Recommended classifier-free guidance scale for whole scenes such as backgrounds, which over-expose sooner than a single object;
    /// equals <see cref="GuidanceScale"/> where the folder makes no difference.
    /// </summary>
    public required float SceneGuidanceScale { get; init; }

    /// <summary>Recommended <see cref="ImageRequest.GuidanceRescale"/>, 0..1.</summary>
    public required float GuidanceRescale { get; init; }

    /// <summary>Recommended strength of an image-to-image pass, 0..1.</summary>
    public required float Strength { get; init; }

    /// <summary>Recommended length in pixels of the shorter side of a picture.</summary>
    public required int WorkingSize { get; init; }

    /// <summary>Both sides of a picture must be multiples of this, in pixels.</summary>
    public required int SizeMultiple { get; init; }
}
