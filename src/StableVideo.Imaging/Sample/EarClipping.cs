using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>Cuts a simple polygon into triangles.</summary>
internal static class EarClipping
{
    /// <summary>Index triples of the triangles of a simple polygon in either orientation.</summary>
    public static List<(int A, int B, int C)> Triangulate(Vector2[] polygon)
    {
        var remaining = Enumerable.Range(0, polygon.Length).ToList();
        if (SignedArea(polygon) < 0)
            remaining.Reverse();
        var triangles = new List<(int, int, int)>(polygon.Length);
        while (remaining.Count > 3)
        {
            var ear = FindEar(polygon, remaining);
            triangles.Add((remaining[Before(ear, remaining)], remaining[ear], remaining[(ear + 1) % remaining.Count]));
            remaining.RemoveAt(ear);
        }

        triangles.Add((remaining[0], remaining[1], remaining[2]));
        return triangles;
    }

    /// <summary>The convex corner without other corners inside its triangle; the most convex one where rounding leaves none.</summary>
    private static int FindEar(Vector2[] polygon, List<int> remaining)
    {
        var (best, bestArea) = (0, float.MinValue);
        for (var i = 0; i < remaining.Count; i++)
        {
            var (a, b, c) = (polygon[remaining[Before(i, remaining)]], polygon[remaining[i]], polygon[remaining[(i + 1) % remaining.Count]]);
            var area = Cross(b - a, c - a);
            if (area > bestArea)
                (best, bestArea) = (i, area);
            if (area > 0 && !remaining.Any(index => polygon[index] != a && polygon[index] != b && polygon[index] != c && Contains(a, b, c, polygon[index])))
                return i;
        }

        return best;
    }

    private static int Before(int index, List<int> remaining) => (index + remaining.Count - 1) % remaining.Count;

    private static bool Contains(Vector2 a, Vector2 b, Vector2 c, Vector2 point)
        => Cross(b - a, point - a) > 0 && Cross(c - b, point - b) > 0 && Cross(a - c, point - c) > 0;

    private static float SignedArea(Vector2[] polygon)
    {
        var area = 0f;
        for (var i = 0; i < polygon.Length; i++)
            area += Cross(polygon[i], polygon[(i + 1) % polygon.Length]);
        return area;
    }

    private static float Cross(Vector2 a, Vector2 b) => (a.X * b.Y) - (a.Y * b.X);
}
