using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>A monocular-depth network.</summary>
internal sealed class DepthEstimator : IDisposable
{
    public static DepthEstimator Open(StructureSettings settings, NetworkOptions options) =>
        throw new ModelException($"Depth guidance with {settings.DepthModel} on {options.Provider} is not supported.");

    public static FloatTensor Compute(Raster<byte> rgb) => PictureTensor.Unit(rgb);

    public void Dispose()
    {
    }
}
