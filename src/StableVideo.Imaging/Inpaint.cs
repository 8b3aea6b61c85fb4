using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>Fills holes of a picture from their surroundings.</summary>
public static class Inpaint
{
    /// <summary>The picture with every pixel of <paramref name="holes"/> replaced.</summary>
    /// <param name="rgb">[H, W, 3].</param>
    /// <param name="holes">[H, W, 1]: values of at least 128 are to be filled.</param>
    /// <returns>A new picture; pixels outside the holes are unchanged.</returns>
    public static Raster<byte> Fill(Raster<byte> rgb, Raster<byte> holes)
    {
        Colour.RequireChannels(rgb, 3, nameof(rgb));
        var mask = MaskOps.Threshold(holes);
        if (MaskOps.Area(mask) == 0)
            return rgb.Clone();
        var result = new Raster<byte>(rgb.Width, rgb.Height, 3);
        using var from = MatView.Of(rgb);
        using var where = MatView.Of(mask);
        using var to = MatView.Of(result);
        Cv2.Inpaint(from, where, to, 5, InpaintTypes.Telea);
        return result;
    }
}
