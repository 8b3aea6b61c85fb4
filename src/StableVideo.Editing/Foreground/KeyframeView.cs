using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>A keyframe cut out for editing: the object's box and a border, black outside the object, and where its pixels lie in the atlas.</summary>
/// <param name="Frame">Frame number.</param>
/// <param name="Box">The cut, in frame pixels.</param>
/// <param name="Colour">[h,w,3], black outside alpha.</param>
/// <param name="Alpha">[h,w,1].</param>
/// <param name="Uv">[h,w,2], foreground atlas pixels.</param>
internal sealed record KeyframeView(int Frame, PixelBox Box, Raster<byte> Colour, Raster<byte> Alpha, Raster<float> Uv)
{
    private const int Border = 30; // pixels, as in the reference

    /// <summary>Fewer object pixels than this make no keyframe.</summary>
    public const int LeastPixels = 256;

    /// <summary>Cuts frame <paramref name="number"/> out.</summary>
    /// <exception cref="EditException">The object is not to be seen there.</exception>
    public static KeyframeView Cut(Decomposition decomposition, int number, Raster<byte> frame)
    {
        var alpha = decomposition.Alpha(number);
        if (frame.Width != alpha.Width || frame.Height != alpha.Height)
            throw new EditException($"Frame {number} is {frame.Width}x{frame.Height} but the decomposition was made of {alpha.Width}x{alpha.Height}. Decompose this clip again.");
        var pixels = MaskOps.Area(alpha);
        if (pixels < LeastPixels || MaskOps.BoundingBox(alpha) is not { } bounds)
            throw new EditException($"Keyframe {number} shows no object: its mask has {pixels} pixels, {LeastPixels} are needed. Choose another frame or leave the choice open.");
        var box = bounds.Grow(Border, alpha.Width, alpha.Height);
        var uv = new Raster<float>(alpha.Width, alpha.Height, 2);
        decomposition.Foreground.FillUv(number, uv);
        var cutAlpha = alpha.Crop(box);
        return new KeyframeView(number, box, Pixels.OnBlack(frame.Crop(box), cutAlpha), cutAlpha, uv.Crop(box));
    }
}
