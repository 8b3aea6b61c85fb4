using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>A keyframe cut out for editing: the object's box and a border, black outside the object, and where its pixels lie in the atlas.</summary>
/// <param name="Frame">Frame number.</param>
/// <param name="Box">The cut, in frame pixels.</param>
/// <param name="Colour">[h,w,3], black outside alpha.</param>
/// <param name="Alpha">[h,w,1].</param>
/// <param name="Uv">[h,w,2], foreground atlas pixels.</param>
internal sealed record KeyframeView(int Frame, Box Box, Raster<byte> Colour, Raster<byte> Alpha, Raster<float> Uv)
{
    private const int Border = 30; // pixels, as in the reference
    private const byte Solid = 128;

    /// <summary>Fewer object pixels than this make no keyframe.</summary>
    public const int LeastPixels = 256;

    /// <summary>Cuts frame <paramref name="number"/> out.</summary>
    /// <exception cref="EditException">The object is not to be seen there.</exception>
    public static KeyframeView Cut(Decomposition decomposition, int number, Raster<byte> frame)
    {
        var alpha = decomposition.Alpha(number);
        if (frame.Width != alpha.Width || frame.Height != alpha.Height)
            throw new EditException($"Frame {number} is {frame.Width}x{frame.Height} but the decomposition was made of {alpha.Width}x{alpha.Height}. Decompose this clip again.");
        var pixels = Area(alpha);
        if (pixels < LeastPixels)
            throw new EditException($"Keyframe {number} shows no object: its mask has {pixels} pixels, {LeastPixels} are needed. Choose another frame or leave the choice open.");
        var box = Bounds(alpha);
        var uv = new Raster<float>(alpha.Width, alpha.Height, 2);
        decomposition.Foreground.FillUv(number, uv);
        var cutAlpha = Pixels.Crop(alpha, box);
        return new KeyframeView(number, box, Pixels.OnBlack(Pixels.Crop(frame, box), cutAlpha), cutAlpha, Pixels.Crop(uv, box));
    }

    /// <summary>How many pixels are more object than not.</summary>
    public static int Area(Raster<byte> alpha)
    {
        var count = 0;
        foreach (var value in alpha.Data)
            count += value >= Solid ? 1 : 0;
        return count;
    }

    private static Box Bounds(Raster<byte> alpha)
    {
        var (left, top, right, bottom) = (alpha.Width, alpha.Height, -1, -1);
        for (var y = 0; y < alpha.Height; y++)
        {
            var row = alpha.Row(y);
            for (var x = 0; x < row.Length; x++)
            {
                if (row[x] >= Solid)
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            }
        }

        (left, top) = (Math.Max(0, left - Border), Math.Max(0, top - Border));
        (right, bottom) = (Math.Min(alpha.Width - 1, right + Border), Math.Min(alpha.Height - 1, bottom + Border));
        return new Box(left, top, right - left + 1, bottom - top + 1);
    }
}
