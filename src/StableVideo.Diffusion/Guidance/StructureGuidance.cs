using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>Turns an RGB picture into what a ControlNet wants to see of it.</summary>
internal sealed class StructureGuidance : IDisposable
{
    private readonly StructureSettings _settings;
    private readonly DepthEstimator? _depth;

    private StructureGuidance(StructureSettings settings, DepthEstimator? depth)
    {
        _settings = settings;
        _depth = depth;
    }

    /// <summary>Opens the depth network where one is needed.</summary>
    /// <exception cref="ModelException">Depth is wanted but its network is not there or can not be used.</exception>
    public static StructureGuidance Open(StructureSettings settings, NetworkOptions options) =>
        new(settings, settings.Kind == StructureKind.Depth ? DepthEstimator.Open(settings, options) : null);

    /// <summary>The guidance picture [1,3,H,W] in 0..1, or null where the model wants none.</summary>
    public FloatTensor? Compute(Raster<byte> rgb, CancellationToken cancellationToken = default) => _settings.Kind switch
    {
        StructureKind.Luminance => LuminanceGuidance.Compute(rgb, _settings),
        StructureKind.Canny => Grey(Edges.Canny(Colour.ToGray(rgb), _settings.CannyLow, _settings.CannyHigh)),
        StructureKind.Depth => _depth!.Compute(rgb, cancellationToken),
        _ => null,
    };

    public void Dispose() => _depth?.Dispose();

    private static FloatTensor Grey(Raster<byte> gray) => PictureTensor.Unit(Colour.GrayToRgb(gray));
}
