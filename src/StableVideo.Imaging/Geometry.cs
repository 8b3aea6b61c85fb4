using System.Numerics;
using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>Matched positions of two pictures, in pixels with pixel centres at integer + 0.5: <c>From[i]</c> of the first lies at <c>To[i]</c> of the second.</summary>
public sealed record FeatureTracks(Vector2[] From, Vector2[] To)
{
    /// <summary>Number of matches.</summary>
    public int Count => From.Length;
}

/// <summary>Options of <see cref="Geometry.TrackFeatures"/>.</summary>
public sealed record FeatureOptions
{
    /// <summary>Most features to track; default 1200.</summary>
    public int MaxFeatures { get; init; } = 1200;

    /// <summary>Least distance between features in pixels; default 7.</summary>
    public int MinDistance { get; init; } = 7;

    /// <summary>Least corner quality relative to the best corner; default 0.005.</summary>
    public double Quality { get; init; } = 0.005;

    /// <summary>Largest forward-backward error of a track kept, in pixels; default 0.7.</summary>
    public float MaxForwardBackwardError { get; init; } = 0.7f;
}

/// <summary>Feature tracking and robust estimation of global motion. Deterministic: the same points give the same matrix.</summary>
/// <remarks>Homographies are 9 doubles, similarities 6, row-major, acting on column vectors (x, y, 1).</remarks>
public static class Geometry
{
    private const ulong Seed = 0x5EED;

    /// <summary>Corners of <paramref name="fromGray"/> followed into <paramref name="toGray"/> (pyramidal Lucas-Kanade), checked forward and backward.</summary>
    /// <param name="fromGray">[H, W, 1].</param>
    /// <param name="toGray">Same shape.</param>
    /// <param name="mask">Where corners may start (values of at least 128); null for everywhere.</param>
    /// <param name="options">Null for the defaults.</param>
    public static FeatureTracks TrackFeatures(Raster<byte> fromGray, Raster<byte> toGray, Raster<byte>? mask = null, FeatureOptions? options = null)
    {
        Colour.RequireChannels(fromGray, 1, nameof(fromGray));
        if (!fromGray.SameShape(toGray) || (mask is not null && !fromGray.SameShape(mask)))
            throw new ArgumentException("Pictures and mask must have one size and one channel.", nameof(toGray));
        options ??= new FeatureOptions();
        using var from = MatView.Of(fromGray);
        using var to = MatView.Of(toGray);
        using var allowed = mask is null ? new Mat() : MatView.Of(MaskOps.Threshold(mask));
        var corners = Cv2.GoodFeaturesToTrack(from, options.MaxFeatures, options.Quality, options.MinDistance, allowed, 5, false, 0.04);
        if (corners is null || corners.Length == 0)
            return new([], []);

        var window = new Size(21, 21);
        var forward = new Point2f[corners.Length];
        var backward = new Point2f[corners.Length];
        Cv2.CalcOpticalFlowPyrLK(from, to, corners, ref forward, out var found, out _, window, 4);
        Cv2.CalcOpticalFlowPyrLK(to, from, forward, ref backward, out var foundBack, out _, window, 4);
        var (kept, moved) = (new List<Vector2>(corners.Length), new List<Vector2>(corners.Length));
        for (var i = 0; i < corners.Length; i++)
        {
            var start = new Vector2(corners[i].X, corners[i].Y);
            if (found[i] == 0 || foundBack[i] == 0 || Vector2.Distance(start, new(backward[i].X, backward[i].Y)) > options.MaxForwardBackwardError)
                continue;
            kept.Add(start + new Vector2(0.5f));
            moved.Add(new Vector2(forward[i].X + 0.5f, forward[i].Y + 0.5f));
        }

        return new([.. kept], [.. moved]);
    }

    /// <summary>The homography that maps <paramref name="from"/> to <paramref name="to"/> best in spite of outliers (MAGSAC++).</summary>
    /// <param name="from">Positions in the first picture.</param>
    /// <param name="to">Their positions in the second picture.</param>
    /// <param name="threshold">Largest error of an inlier in pixels.</param>
    /// <returns>9 doubles, the last one 1; null with fewer than 4 matches or no consensus.</returns>
    public static double[]? FindHomography(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to, double threshold = 1.5)
        => FindHomography(from, to, threshold, out _);

    /// <inheritdoc cref="FindHomography(ReadOnlySpan{Vector2}, ReadOnlySpan{Vector2}, double)"/>
    /// <param name="from">Positions in the first picture.</param>
    /// <param name="to">Their positions in the second picture.</param>
    /// <param name="threshold">Largest error of an inlier in pixels.</param>
    /// <param name="inliers">True for every match the homography explains; empty without a result.</param>
    public static double[]? FindHomography(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to, double threshold, out bool[] inliers)
        => Estimate(from, to, 4, out inliers, (a, b, mask) => Cv2.FindHomography(a, b, HomographyMethods.USAC_MAGSAC, threshold, mask, 2000, 0.999));

    /// <summary>The similarity (turn, uniform scale, shift) that maps <paramref name="from"/> to <paramref name="to"/> best in spite of outliers (RANSAC).</summary>
    /// <returns>6 doubles (two rows of three); null with fewer than 2 matches or no consensus.</returns>
    public static double[]? EstimateSimilarity(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to, double threshold = 1.5)
        => EstimateSimilarity(from, to, threshold, out _);

    /// <inheritdoc cref="EstimateSimilarity(ReadOnlySpan{Vector2}, ReadOnlySpan{Vector2}, double)"/>
    public static double[]? EstimateSimilarity(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to, double threshold, out bool[] inliers)
        => Estimate(from, to, 2, out inliers, (a, b, mask) => Cv2.EstimateAffinePartial2D(a, b, mask, RobustEstimationAlgorithms.RANSAC, threshold, 2000, 0.995, 10)!);

    /// <summary>Maps one position by a homography (9 doubles) or similarity (6 doubles).</summary>
    public static (double X, double Y) Apply(ReadOnlySpan<double> matrix, double x, double y)
    {
        var mappedX = (matrix[0] * x) + (matrix[1] * y) + matrix[2];
        var mappedY = (matrix[3] * x) + (matrix[4] * y) + matrix[5];
        if (matrix.Length == 6)
            return (mappedX, mappedY);
        var w = (matrix[6] * x) + (matrix[7] * y) + matrix[8];
        return (mappedX / w, mappedY / w);
    }

    /// <summary>The homography "first <paramref name="inner"/>, then <paramref name="outer"/>", normalised to a last element of 1; both 9 or 6 doubles.</summary>
    public static double[] Multiply(ReadOnlySpan<double> outer, ReadOnlySpan<double> inner)
    {
        ReadOnlySpan<double> a = ToHomography(outer);
        ReadOnlySpan<double> b = ToHomography(inner);
        var product = new double[9];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
                product[(3 * row) + column] = (a[3 * row] * b[column]) + (a[(3 * row) + 1] * b[3 + column]) + (a[(3 * row) + 2] * b[6 + column]);
        }

        return Normalise(product);
    }

    /// <summary>The inverse of a homography or similarity, as 9 doubles.</summary>
    /// <exception cref="ArgumentException">The matrix is singular.</exception>
    public static double[] Invert(ReadOnlySpan<double> matrix)
    {
        var m = ToHomography(matrix);
        double[] adjugate =
        [
            (m[4] * m[8]) - (m[5] * m[7]), (m[2] * m[7]) - (m[1] * m[8]), (m[1] * m[5]) - (m[2] * m[4]),
            (m[5] * m[6]) - (m[3] * m[8]), (m[0] * m[8]) - (m[2] * m[6]), (m[2] * m[3]) - (m[0] * m[5]),
            (m[3] * m[7]) - (m[4] * m[6]), (m[1] * m[6]) - (m[0] * m[7]), (m[0] * m[4]) - (m[1] * m[3]),
        ];
        var determinant = (m[0] * adjugate[0]) + (m[1] * adjugate[3]) + (m[2] * adjugate[6]);
        if (Math.Abs(determinant) < 1e-300)
            throw new ArgumentException("The matrix is singular.", nameof(matrix));
        return Normalise(adjugate);
    }

    private static double[] ToHomography(ReadOnlySpan<double> matrix)
        => matrix.Length == 9 ? matrix.ToArray() : [matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5], 0, 0, 1];

    private static double[] Normalise(double[] matrix)
    {
        var scale = matrix[8];
        for (var i = 0; i < matrix.Length; i++)
            matrix[i] /= scale;
        return matrix;
    }

    private static double[]? Estimate(ReadOnlySpan<Vector2> from, ReadOnlySpan<Vector2> to, int least, out bool[] inliers, Func<Mat, Mat, Mat, Mat> estimator)
    {
        if (from.Length != to.Length)
            throw new ArgumentException($"{from.Length} positions can not match {to.Length}.", nameof(to));
        inliers = [];
        if (from.Length < least)
            return null;
        using var source = ToMat(from);
        using var target = ToMat(to);
        using var mask = new Mat();
        Cv2.SetTheRNG(Seed);
        using var matrix = estimator(source, target, mask);
        if (matrix is null || matrix.Empty())
            return null;
        var result = new double[matrix.Rows * matrix.Cols];
        for (var i = 0; i < result.Length; i++)
            result[i] = matrix.At<double>(i / matrix.Cols, i % matrix.Cols);
        inliers = new bool[from.Length];
        for (var i = 0; i < inliers.Length && i < mask.Total(); i++)
            inliers[i] = mask.At<byte>(i) != 0;
        return result.All(double.IsFinite) ? result : null;
    }

    private static Mat ToMat(ReadOnlySpan<Vector2> points)
    {
        var values = new double[2 * points.Length];
        for (var i = 0; i < points.Length; i++)
            (values[2 * i], values[(2 * i) + 1]) = (points[i].X, points[i].Y);
        return Mat.FromPixelData(points.Length, 1, MatType.CV_64FC2, values);
    }
}
