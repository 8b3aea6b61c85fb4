using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>One connected region of a mask.</summary>
/// <param name="Label">Its value in <see cref="MaskComponents.Labels"/>, from 1.</param>
/// <param name="Area">Pixels.</param>
/// <param name="Box">Bounding box.</param>
public readonly record struct MaskComponent(int Label, int Area, PixelBox Box);

/// <summary>The connected regions (8 neighbours) of a mask; label 0 is outside.</summary>
public sealed record MaskComponents(Raster<int> Labels, IReadOnlyList<MaskComponent> Components);

public static partial class MaskOps
{
    /// <summary>Connected regions of the mask, in order of their first pixel.</summary>
    public static MaskComponents ConnectedComponents(Raster<byte> mask)
    {
        var labels = new Raster<int>(mask.Width, mask.Height, 1);
        using var from = MatView.Of(Threshold(mask));
        using var to = MatView.Of(labels);
        using var stats = new Mat();
        using var centroids = new Mat();
        var count = Cv2.ConnectedComponentsWithStats(from, to, stats, centroids, PixelConnectivity.Connectivity8, MatType.CV_32S);
        var components = new MaskComponent[count - 1];
        for (var i = 1; i < count; i++)
            components[i - 1] = new(i, stats.At<int>(i, 4), new(stats.At<int>(i, 0), stats.At<int>(i, 1), stats.At<int>(i, 2), stats.At<int>(i, 3)));
        return new(labels, components);
    }

    /// <summary>Only the region with the most pixels; an empty mask stays empty.</summary>
    public static Raster<byte> LargestComponent(Raster<byte> mask)
    {
        var (labels, components) = ConnectedComponents(mask);
        var largest = components.Count == 0 ? -1 : components.MaxBy(component => component.Area).Label;
        return Select(labels, label => label == largest);
    }

    /// <summary>Without regions of fewer than <paramref name="leastArea"/> pixels.</summary>
    public static Raster<byte> RemoveSmallComponents(Raster<byte> mask, int leastArea)
    {
        var (labels, components) = ConnectedComponents(mask);
        return Select(labels, label => label > 0 && components[label - 1].Area >= leastArea);
    }

    /// <summary>With holes filled: regions outside the mask that do not touch the picture's border and have at most <paramref name="largestHole"/> pixels.</summary>
    public static Raster<byte> FillHoles(Raster<byte> mask, int largestHole = int.MaxValue)
    {
        var (labels, components) = ConnectedComponents(Invert(Threshold(mask)));
        var isHole = new bool[components.Count + 1];
        foreach (var (label, area, box) in components)
            isHole[label] = area <= largestHole && box.X > 0 && box.Y > 0 && box.Right < mask.Width && box.Bottom < mask.Height;
        return Select(labels, label => label == 0 || isHole[label]);
    }

    private static Raster<byte> Select(Raster<int> labels, Func<int, bool> chosen)
    {
        var result = new Raster<byte>(labels.Width, labels.Height, 1);
        for (var i = 0; i < labels.Data.Length; i++)
            result.Data[i] = chosen(labels.Data[i]) ? (byte)255 : (byte)0;
        return result;
    }
}
