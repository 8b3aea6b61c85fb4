using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>A monocular-depth network (MiDaS, DPT, Depth Anything) as an .onnx file: one picture [1,3,S,S] in, inverse depth [1,h,w] or [1,1,h,w] out.</summary>
internal sealed class DepthEstimator : IDisposable
{
    private readonly NetworkSession _session;
    private readonly StructureSettings _settings;

    private DepthEstimator(NetworkSession session, StructureSettings settings)
    {
        _session = session;
        _settings = settings;
    }

    /// <summary>Opens the network the settings name.</summary>
    /// <exception cref="ModelException">None is named, the file is missing, or it does not fit.</exception>
    public static DepthEstimator Open(StructureSettings settings, NetworkOptions options)
    {
        if (settings.DepthModel is not { } path)
        {
            throw new ModelException(
                "The model's ControlNet wants depth but names no depth network. Give a monocular-depth .onnx file (MiDaS, DPT, Depth Anything): " +
                "\"guidance\": {\"type\": \"depth\", \"model\": \"depth.onnx\"} in controlnet/config.json, or the depth model option.");
        }

        if (!File.Exists(path))
            throw new ModelException($"The depth network {path} does not exist. Put a monocular-depth .onnx file (MiDaS, DPT, Depth Anything) there.");
        NetworkSession session;
        try
        {
            session = NetworkSession.Open(new NetworkGraph(File.ReadAllBytes(path), Path.GetDirectoryName(path)), options);
        }
        catch (Exception error) when (error is NetworkException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"The depth network {path} can not be used: {error.Message}", error);
        }

        if (session.Inputs.Count == 1)
            return new DepthEstimator(session, settings);
        var inputs = string.Join(", ", session.Inputs);
        session.Dispose();
        throw new ModelException($"The depth network {path} has the inputs {inputs}; it must have one, a picture [1,3,H,W].");
    }

    /// <summary>Inverse depth [1,3,H,W] of a picture, stretched to 0 (farthest) .. 1 (nearest), three equal channels.</summary>
    public FloatTensor Compute(Raster<byte> rgb, CancellationToken cancellationToken)
    {
        var side = _settings.DepthSize;
        var picture = PictureTensor.Unit(Resample.Resize(rgb, side, side));
        var area = side * side;
        for (var c = 0; c < 3; c++)
        {
            var (mean, deviation) = ((float)_settings.Mean[c], (float)_settings.Deviation[c]);
            foreach (ref var value in picture.Data.AsSpan(c * area, area))
                value = (value - mean) / deviation;
        }

        var depth = _session.Run(cancellationToken, (_session.Inputs[0], picture))[0];
        if (depth.Rank < 2 || depth.Length != depth.Shape[^1] * depth.Shape[^2])
            throw new ModelException($"The depth network {_settings.DepthModel} returned {depth}; it must return one plane [1,h,w] or [1,1,h,w].");
        var plane = Resample.Resize(new Raster<float>(depth.Shape[^1], depth.Shape[^2], 1, depth.Data), rgb.Width, rgb.Height, ResampleFilter.Bilinear).Data;
        return Stretched(plane, rgb.Width, rgb.Height);
    }

    public void Dispose() => _session.Dispose();

    private static FloatTensor Stretched(float[] plane, int width, int height)
    {
        var (far, near) = (plane.Min(), plane.Max());
        var scale = near > far ? 1 / (near - far) : 0;
        var guidance = new FloatTensor(1, 3, height, width);
        for (var i = 0; i < plane.Length; i++)
            guidance.Data[i] = guidance.Data[plane.Length + i] = guidance.Data[2 * plane.Length + i] = (plane[i] - far) * scale;
        return guidance;
    }
}
