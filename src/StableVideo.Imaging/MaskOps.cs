using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>Operations on masks: 1 channel, a pixel belongs to the mask when its value is at least 128; results hold 0 and 255 unless said otherwise.</summary>
public static partial class MaskOps
{
    /// <summary>Least value that counts as inside.</summary>
    public const byte Inside = 128;

    /// <summary>255 where the value is at least <paramref name="least"/>, 0 elsewhere.</summary>
    public static Raster<byte> Threshold(Raster<byte> mask, byte least = Inside)
    {
        Colour.RequireChannels(mask, 1, nameof(mask));
        var result = new Raster<byte>(mask.Width, mask.Height, 1);
        for (var i = 0; i < mask.Data.Length; i++)
            result.Data[i] = mask.Data[i] >= least ? (byte)255 : (byte)0;
        return result;
    }

    /// <summary>Number of pixels inside.</summary>
    public static int Area(Raster<byte> mask)
    {
        Colour.RequireChannels(mask, 1, nameof(mask));
        var count = 0;
        foreach (var value in mask.Data)
            count += value >= Inside ? 1 : 0;
        return count;
    }

    /// <summary>The smallest box that holds all pixels inside; null for an empty mask.</summary>
    public static PixelBox? BoundingBox(Raster<byte> mask)
    {
        Colour.RequireChannels(mask, 1, nameof(mask));
        var (left, top, right, bottom) = (mask.Width, mask.Height, -1, -1);
        for (var y = 0; y < mask.Height; y++)
        {
            var row = mask.Row(y);
            var first = row.IndexOfAnyInRange(Inside, byte.MaxValue);
            if (first < 0)
                continue;
            left = Math.Min(left, first);
            right = Math.Max(right, row.LastIndexOfAnyInRange(Inside, byte.MaxValue));
            top = Math.Min(top, y);
            bottom = y;
        }

        return bottom < 0 ? null : new PixelBox(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>Intersection over union of two masks, 0..1; two empty masks give 1.</summary>
    public static double IntersectionOverUnion(Raster<byte> first, Raster<byte> second)
    {
        if (!first.SameShape(second))
            throw new ArgumentException("Masks differ in size.", nameof(second));
        var (both, either) = (0, 0);
        for (var i = 0; i < first.Data.Length; i++)
        {
            var (a, b) = (first.Data[i] >= Inside, second.Data[i] >= Inside);
            both += a && b ? 1 : 0;
            either += a || b ? 1 : 0;
        }

        return either == 0 ? 1 : (double)both / either;
    }

    /// <summary>Grows by a disc of <paramref name="radius"/> pixels; grey values spread (maximum filter).</summary>
    public static Raster<byte> Dilate(Raster<byte> mask, int radius) => Morphology(mask, MorphTypes.Dilate, radius);

    /// <summary>Shrinks by a disc of <paramref name="radius"/> pixels; grey values shrink (minimum filter).</summary>
    public static Raster<byte> Erode(Raster<byte> mask, int radius) => Morphology(mask, MorphTypes.Erode, radius);

    /// <summary>Erodes, then dilates: removes specks smaller than the disc.</summary>
    public static Raster<byte> Open(Raster<byte> mask, int radius) => Morphology(mask, MorphTypes.Open, radius);

    /// <summary>Dilates, then erodes: closes gaps smaller than the disc.</summary>
    public static Raster<byte> Close(Raster<byte> mask, int radius) => Morphology(mask, MorphTypes.Close, radius);

    /// <summary>
    /// Signed distance to the mask's edge in pixels: positive inside, negative outside, between -1 and 1 never 0.
    /// An empty mask is negative, a full one positive everywhere (by a large value).
    /// </summary>
    public static Raster<float> DistanceToEdge(Raster<byte> mask)
    {
        var inside = Threshold(mask);
        var outside = Invert(inside);
        var (result, other) = (Distance(inside), Distance(outside));
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] -= other.Data[i];
        return result;
    }

    /// <summary><c>255 - value</c>.</summary>
    public static Raster<byte> Invert(Raster<byte> mask)
    {
        var result = mask.Clone();
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = (byte)(255 - result.Data[i]);
        return result;
    }

    /// <summary>A mask of a filled polygon; corners in pixels, pixel centres at integer + 0.5.</summary>
    public static Raster<byte> FillPolygon(int width, int height, ReadOnlySpan<System.Numerics.Vector2> corners)
    {
        var result = new Raster<byte>(width, height, 1);
        var points = new Point[corners.Length];
        for (var i = 0; i < points.Length; i++)
            points[i] = new Point((int)MathF.Floor(corners[i].X), (int)MathF.Floor(corners[i].Y));
        using var view = MatView.Of(result);
        if (points.Length >= 3)
            Cv2.FillPoly(view, [points], Scalar.White);
        return result;
    }

    private static Raster<float> Distance(Raster<byte> binary)
    {
        var result = new Raster<float>(binary.Width, binary.Height, 1);
        using var from = MatView.Of(binary);
        using var to = MatView.Of(result);
        Cv2.DistanceTransform(from, to, DistanceTypes.L2, DistanceTransformMasks.Precise, MatType.CV_32F);
        return result;
    }

    private static Raster<byte> Morphology(Raster<byte> mask, MorphTypes operation, int radius)
    {
        Colour.RequireChannels(mask, 1, nameof(mask));
        ArgumentOutOfRangeException.ThrowIfNegative(radius);
        if (radius == 0)
            return mask.Clone();
        var result = new Raster<byte>(mask.Width, mask.Height, 1);
        using var kernel = Cv2.GetStructuringElement(MorphShapes.Ellipse, new Size((2 * radius) + 1, (2 * radius) + 1));
        using var from = MatView.Of(mask);
        using var to = MatView.Of(result);
        Cv2.MorphologyEx(from, to, operation, kernel);
        return result;
    }
}
