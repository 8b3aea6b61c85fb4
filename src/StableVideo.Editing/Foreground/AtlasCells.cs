using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Which parts of the foreground atlas each frame sees, in cells of 8 x 8 atlas pixels.</summary>
internal static class AtlasCells
{
    private const int CellSize = 8;
    private const int Candidates = 32; // frames looked at
    private const int Stride = 3;      // frame pixels between samples

    /// <summary>Cells by candidate frame; empty when no frame shows an object. Frames that show less than a quarter of the usual object are no candidates.</summary>
    public static Dictionary<int, HashSet<int>> Seen(Decomposition decomposition, CancellationToken cancellationToken)
    {
        var step = Math.Max(1, decomposition.FrameCount / Candidates);
        var alphas = new Dictionary<int, (Raster<byte> Alpha, int Area)>();
        for (var t = (decomposition.FrameCount - 1) % step / 2; t < decomposition.FrameCount; t += step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var alpha = decomposition.Alpha(t);
            alphas[t] = (alpha, MaskOps.Area(alpha));
        }

        var areas = alphas.Values.Select(a => a.Area).Where(a => a >= KeyframeView.LeastPixels).Order().ToList();
        if (areas.Count == 0)
            return [];
        var least = Math.Max(KeyframeView.LeastPixels, areas[areas.Count / 2] / 4);
        return alphas.Where(a => a.Value.Area >= least).ToDictionary(a => a.Key, a => CellsOf(decomposition.Foreground, a.Key, a.Value.Alpha));
    }

    private static HashSet<int> CellsOf(Layer layer, int frame, Raster<byte> alpha)
    {
        var columns = (layer.AtlasWidth / CellSize) + 1;
        var cells = new HashSet<int>();
        var row = new float[alpha.Width * 2];
        for (var y = 0; y < alpha.Height; y += Stride)
        {
            layer.Map.FillRow(frame, y, alpha.Width, alpha.Height, row);
            for (var x = 0; x < alpha.Width; x += Stride)
            {
                var (u, v) = ((int)row[2 * x], (int)row[(2 * x) + 1]);
                if (alpha[x, y] >= MaskOps.Inside && u >= 0 && v >= 0 && u < layer.AtlasWidth && v < layer.AtlasHeight)
                    cells.Add((v / CellSize * columns) + (u / CellSize));
            }
        }

        return cells;
    }
}
