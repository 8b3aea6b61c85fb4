using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>The one conversion between pictures [H,W,3] and tensors [1,3,H,W].</summary>
internal static class PictureTensor
{
    /// <summary>Colours 0..255 as -1..1, as autoencoders take them.</summary>
    public static FloatTensor Signed(Raster<byte> rgb) => Planes(rgb, 2f / 255, -1);

    /// <summary>Colours 0..255 as 0..1.</summary>
    public static FloatTensor Unit(Raster<byte> rgb) => Planes(rgb, 1f / 255, 0);

    /// <summary>A decoded tensor [1,3,H,W], about -1..1, as a picture; clipped and rounded.</summary>
    public static Raster<byte> ToPicture(FloatTensor signed)
    {
        var (height, width) = (signed.Shape[2], signed.Shape[3]);
        var picture = new Raster<byte>(width, height, 3);
        Rows.For(height, y =>
        {
            var row = picture.Row(y);
            for (var c = 0; c < 3; c++)
            {
                var plane = signed.Data.AsSpan((c * height + y) * width, width);
                for (var x = 0; x < width; x++)
                    row[3 * x + c] = (byte)Math.Clamp((plane[x] + 1) * 127.5f + 0.5f, 0, 255);
            }
        });
        return picture;
    }

    private static FloatTensor Planes(Raster<byte> rgb, float scale, float offset)
    {
        var tensor = new FloatTensor(1, 3, rgb.Height, rgb.Width);
        Rows.For(rgb.Height, y =>
        {
            var row = rgb.Row(y);
            for (var c = 0; c < 3; c++)
            {
                var plane = tensor.Data.AsSpan((c * rgb.Height + y) * rgb.Width, rgb.Width);
                for (var x = 0; x < plane.Length; x++)
                    plane[x] = row[3 * x + c] * scale + offset;
            }
        });
        return tensor;
    }
}
