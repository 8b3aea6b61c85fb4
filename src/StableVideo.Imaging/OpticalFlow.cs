using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>Algorithm of <see cref="OpticalFlow"/>.</summary>
public enum FlowMethod
{
    /// <summary>Polynomial expansion (Farneback 2003), smooth and blurry at motion edges.</summary>
    Farneback,

    /// <summary>Dense inverse search with variational refinement (Kroeger et al. 2016).</summary>
    Dis,
}

/// <summary>Options of <see cref="OpticalFlow"/>.</summary>
public sealed record FlowOptions
{
    /// <summary>Algorithm; default <see cref="FlowMethod.Dis"/>, the more accurate one.</summary>
    public FlowMethod Method { get; init; } = FlowMethod.Dis;

    /// <summary>Largest motion expected in pixels; sets the depth of the pyramid. Default 128.</summary>
    public int MaxMotion { get; init; } = 128;

    /// <summary>Dis: rounds of robust weights in the variational refinement of each level; 0 for none. Default 5.</summary>
    public int RefinementIterations { get; init; } = 5;
}

/// <summary>Dense motion between two pictures.</summary>
public static class OpticalFlow
{
    /// <summary>
    /// Flow f with <c>to(x + f(x)) ~ from(x)</c>.
    /// </summary>
    /// <param name="fromGray">[H, W, 1], 0..255.</param>
    /// <param name="toGray">Same shape.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>[H, W, 2]: x and y displacement in pixels.</returns>
    /// <exception cref="ArgumentException">Shapes differ or are not grey.</exception>
    public static Raster<float> Compute(Raster<byte> fromGray, Raster<byte> toGray, FlowOptions? options = null)
    {
        Colour.RequireChannels(fromGray, 1, nameof(fromGray));
        if (!fromGray.SameShape(toGray))
            throw new ArgumentException($"Flow needs two pictures of one size, got {fromGray.Width}x{fromGray.Height} and {toGray.Width}x{toGray.Height}.", nameof(toGray));
        options ??= new FlowOptions();
        return options.Method == FlowMethod.Dis && Math.Min(fromGray.Width, fromGray.Height) >= Flow.PatchSearch.Size
            ? Flow.DisFlow.Compute(fromGray, toGray, options)
            : Farneback(fromGray, toGray, options);
    }

    /// <summary>
    /// Forward-backward error: <c>|f(x) + b(x + f(x))|</c> in pixels, large where a pixel is occluded or badly matched;
    /// infinite where <c>x + f(x)</c> leaves the picture.
    /// </summary>
    /// <returns>[H, W, 1].</returns>
    public static Raster<float> ForwardBackwardError(Raster<float> forward, Raster<float> backward)
    {
        if (!forward.SameShape(backward) || forward.Channels != 2)
            throw new ArgumentException("Needs two flow fields of one size.", nameof(backward));
        var back = Resample.WarpByFlow(backward, forward);
        var result = new Raster<float>(forward.Width, forward.Height, 1);
        Rows.For(forward.Height, y =>
        {
            var f = forward.Row(y);
            var b = back.Row(y);
            var error = result.Row(y);
            for (var x = 0; x < error.Length; x++)
            {
                var (fx, fy) = (f[2 * x], f[(2 * x) + 1]);
                var inside = x + fx >= 0 && x + fx <= forward.Width - 1 && y + fy >= 0 && y + fy <= forward.Height - 1;
                error[x] = inside ? MathF.Sqrt(((fx + b[2 * x]) * (fx + b[2 * x])) + ((fy + b[(2 * x) + 1]) * (fy + b[(2 * x) + 1]))) : float.PositiveInfinity;
            }
        });
        return result;
    }

    private static Raster<float> Farneback(Raster<byte> fromGray, Raster<byte> toGray, FlowOptions options)
    {
        var levels = Math.Max(1, (int)Math.Ceiling(Math.Log2(Math.Max(1, options.MaxMotion / 4.0))));
        var result = new Raster<float>(fromGray.Width, fromGray.Height, 2);
        using var from = MatView.Of(fromGray);
        using var to = MatView.Of(toGray);
        using var flow = MatView.Of(result);
        Cv2.CalcOpticalFlowFarneback(from, to, flow, 0.5, levels, 15, 5, 7, 1.5, OpticalFlowFlags.FarnebackGaussian);
        return result;
    }
}
