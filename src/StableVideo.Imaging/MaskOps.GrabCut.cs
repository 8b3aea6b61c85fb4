using OpenCvSharp;

namespace StableVideo.Imaging;

public static partial class MaskOps
{
    /// <summary>
    /// Moves the mask's edge to the nearest colour edge: GrabCut decides the pixels within <paramref name="band"/> of the edge, everything else keeps its side.
    /// Pixels farther than four bands from the mask are not looked at, which bounds the cost.
    /// </summary>
    /// <param name="rgb">The picture.</param>
    /// <param name="mask">The rough mask, same size.</param>
    /// <param name="band">Half width of the undecided band in pixels, at least 1.</param>
    /// <param name="iterations">GrabCut iterations, at least 1.</param>
    /// <returns>The refined mask; the rough one (as 0 and 255) where a side of the band is missing.</returns>
    public static Raster<byte> GrabCut(Raster<byte> rgb, Raster<byte> mask, int band = 7, int iterations = 2)
    {
        Colour.RequireChannels(rgb, 3, nameof(rgb));
        if (rgb.Width != mask.Width || rgb.Height != mask.Height)
            throw new ArgumentException($"The mask is {mask.Width}x{mask.Height}, the picture {rgb.Width}x{rgb.Height}.", nameof(mask));
        ArgumentOutOfRangeException.ThrowIfLessThan(band, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        var result = Threshold(mask);
        if (BoundingBox(result) is not { } objectBox)
            return result;

        var box = objectBox.Grow(4 * band, rgb.Width, rgb.Height);
        var crop = rgb.Crop(box);
        var rough = result.Crop(box);
        var distance = DistanceToEdge(rough);
        var labels = new Raster<byte>(box.Width, box.Height, 1);
        var (sureForeground, sureBackground) = (0, 0);
        for (var i = 0; i < labels.Data.Length; i++)
        {
            var d = distance.Data[i];
            var label = d > band ? GrabCutClasses.FGD : d < -band ? GrabCutClasses.BGD : d > 0 ? GrabCutClasses.PR_FGD : GrabCutClasses.PR_BGD;
            sureForeground += label == GrabCutClasses.FGD ? 1 : 0;
            sureBackground += label == GrabCutClasses.BGD ? 1 : 0;
            labels.Data[i] = (byte)label;
        }

        if (sureForeground == 0 || sureBackground == 0)
            return result;
        using (var picture = MatView.Of(crop))
        using (var decided = MatView.Of(labels))
        using (var backgroundModel = new Mat())
        using (var foregroundModel = new Mat())
        {
            Cv2.SetTheRNG(0x5EED);
            Cv2.GrabCut(picture, decided, default, backgroundModel, foregroundModel, iterations, GrabCutModes.InitWithMask);
        }

        for (var i = 0; i < labels.Data.Length; i++)
            rough.Data[i] = (labels.Data[i] & 1) != 0 ? (byte)255 : (byte)0;
        result.Paste(rough, box.X, box.Y);
        return result;
    }

    /// <summary>Finds the object in a box that a person drew around it: what differs in colour from what lies outside.</summary>
    /// <param name="rgb">The picture.</param>
    /// <param name="box">The box; clipped to the picture.</param>
    /// <param name="iterations">GrabCut iterations, at least 1.</param>
    /// <returns>The largest part found, without holes; the whole box where hardly anything in it differs.</returns>
    public static Raster<byte> ObjectIn(Raster<byte> rgb, PixelBox box, int iterations = 5)
    {
        Colour.RequireChannels(rgb, 3, nameof(rgb));
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        var clipped = box.Grow(0, rgb.Width, rgb.Height);
        if (clipped.Width < 2 || clipped.Height < 2)
            throw new ArgumentException($"The box {box.Width}x{box.Height} at ({box.X}, {box.Y}) holds nothing of a picture of {rgb.Width}x{rgb.Height}.", nameof(box));
        var whole = new Raster<byte>(rgb.Width, rgb.Height, 1);
        for (var y = clipped.Y; y < clipped.Bottom; y++)
            whole.Data.AsSpan((y * rgb.Width) + clipped.X, clipped.Width).Fill(255);
        var area = clipped.Width * clipped.Height;
        if (area == rgb.Width * rgb.Height)
            return whole;

        var labels = new Raster<byte>(rgb.Width, rgb.Height, 1);
        using (var picture = MatView.Of(rgb))
        using (var decided = MatView.Of(labels))
        using (var backgroundModel = new Mat())
        using (var foregroundModel = new Mat())
        {
            Cv2.SetTheRNG(0x5EED);
            Cv2.GrabCut(picture, decided, new Rect(clipped.X, clipped.Y, clipped.Width, clipped.Height), backgroundModel, foregroundModel, iterations, GrabCutModes.InitWithRect);
        }

        var found = 0;
        for (var i = 0; i < labels.Data.Length; i++)
        {
            labels.Data[i] = (labels.Data[i] & 1) != 0 ? (byte)255 : (byte)0;
            found += labels.Data[i] & 1;
        }

        return found * 20 < area ? whole : FillHoles(LargestComponent(labels));
    }
}
