namespace StableVideo.Editing;

/// <summary>Cuts long pictures into overlapping tiles, so that a very wide atlas is edited at a size the model knows.</summary>
public static class Tiling
{
    /// <summary>Tiles along one axis: as few as possible of exactly <paramref name="tile"/> pixels, evenly spread, each overlapping the next by at least <paramref name="overlap"/>.</summary>
    /// <returns>Start of each tile; one tile at 0 when everything fits.</returns>
    public static IReadOnlyList<int> Starts(int length, int tile, int overlap)
    {
        if (length <= tile)
            return [0];
        var count = (int)Math.Ceiling((double)(length - overlap) / (tile - overlap));
        return [.. Enumerable.Range(0, count).Select(i => (int)Math.Round((double)i * (length - tile) / (count - 1)))];
    }

    /// <summary>Weight of position <paramref name="x"/> within a tile: a smooth ramp over the overlap at inner ends, 1 elsewhere; never 0.</summary>
    public static float Weight(int x, int tile, int overlap, bool first, bool last)
    {
        var left = first ? 1 : (x + 0.5f) / overlap;
        var right = last ? 1 : (tile - x - 0.5f) / overlap;
        var t = Math.Clamp(Math.Min(left, right), 0, 1);
        return Math.Max(1e-4f, t * t * (3 - (2 * t)));
    }
}
