using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>Edge maps for structure guidance.</summary>
public static class Edges
{
    /// <summary>Canny edges (3x3 Sobel, L1 gradient): 255 on edges, 0 elsewhere.</summary>
    /// <param name="gray">One channel, 0..255.</param>
    /// <param name="low">Gradient above which an edge is continued; 100 is usual.</param>
    /// <param name="high">Gradient above which an edge starts; 200 is usual.</param>
    public static Raster<byte> Canny(Raster<byte> gray, double low = 100, double high = 200)
    {
        Colour.RequireChannels(gray, 1, nameof(gray));
        var result = new Raster<byte>(gray.Width, gray.Height, 1);
        using var from = MatView.Of(gray);
        using var to = MatView.Of(result);
        Cv2.Canny(from, to, low, high, 3, false);
        return result;
    }
}
