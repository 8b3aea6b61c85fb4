namespace StableVideo.Atlas;

/// <summary>A plane projective map, row-major 3x3: <c>(x, y) -> ((M0 x + M1 y + M2) / w, (M3 x + M4 y + M5) / w), w = M6 x + M7 y + M8</c>.</summary>
public readonly record struct Homography(double M0, double M1, double M2, double M3, double M4, double M5, double M6, double M7, double M8)
{
    /// <summary>The map that moves nothing.</summary>
    public static Homography Identity => new(1, 0, 0, 0, 1, 0, 0, 0, 1);

    /// <summary>From nine numbers, row-major.</summary>
    public static Homography From(ReadOnlySpan<double> m) => new(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]);

    /// <summary>From the six numbers of an affine map, row-major 2x3.</summary>
    public static Homography FromAffine(ReadOnlySpan<double> m) => new(m[0], m[1], m[2], m[3], m[4], m[5], 0, 0, 1);

    /// <summary>Where (<paramref name="x"/>, <paramref name="y"/>) goes.</summary>
    public (double X, double Y) Apply(double x, double y)
    {
        var w = 1 / ((M6 * x) + (M7 * y) + M8);
        return (((M0 * x) + (M1 * y) + M2) * w, ((M3 * x) + (M4 * y) + M5) * w);
    }

    /// <summary>First <paramref name="first"/>, then this map.</summary>
    public Homography After(in Homography first) => new Homography(
        (M0 * first.M0) + (M1 * first.M3) + (M2 * first.M6), (M0 * first.M1) + (M1 * first.M4) + (M2 * first.M7), (M0 * first.M2) + (M1 * first.M5) + (M2 * first.M8),
        (M3 * first.M0) + (M4 * first.M3) + (M5 * first.M6), (M3 * first.M1) + (M4 * first.M4) + (M5 * first.M7), (M3 * first.M2) + (M4 * first.M5) + (M5 * first.M8),
        (M6 * first.M0) + (M7 * first.M3) + (M8 * first.M6), (M6 * first.M1) + (M7 * first.M4) + (M8 * first.M7), (M6 * first.M2) + (M7 * first.M5) + (M8 * first.M8)).Normalised();

    /// <summary>The map that undoes this one.</summary>
    public Homography Inverse() => new Homography(
        (M4 * M8) - (M5 * M7), (M2 * M7) - (M1 * M8), (M1 * M5) - (M2 * M4),
        (M5 * M6) - (M3 * M8), (M0 * M8) - (M2 * M6), (M2 * M3) - (M0 * M5),
        (M3 * M7) - (M4 * M6), (M1 * M6) - (M0 * M7), (M0 * M4) - (M1 * M3)).Normalised();

    /// <summary>The same motion when both the source and the target are measured in units <paramref name="factor"/> times finer.</summary>
    public Homography Scaled(double factor) => new(M0, M1, M2 * factor, M3, M4, M5 * factor, M6 / factor, M7 / factor, M8);

    /// <summary>Followed by a shift.</summary>
    public Homography Shifted(double dx, double dy) => new(
        M0 + (dx * M6), M1 + (dx * M7), M2 + (dx * M8), M3 + (dy * M6), M4 + (dy * M7), M5 + (dy * M8), M6, M7, M8);

    private Homography Normalised() => new(M0 / M8, M1 / M8, M2 / M8, M3 / M8, M4 / M8, M5 / M8, M6 / M8, M7 / M8, 1);
}
