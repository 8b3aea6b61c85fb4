using System.Numerics;
using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class GeometryTests
{
    private static readonly double[] Truth = [1.05, 0.02, -7, -0.015, 0.98, 4, 2e-5, -3e-5, 1];

    /// <summary>Matches under <see cref="Truth"/> with a third of them wrong and a little noise.</summary>
    private static (Vector2[] From, Vector2[] To) Matches(double[] matrix)
    {
        var random = new Random(4);
        var (from, to) = (new Vector2[300], new Vector2[300]);
        for (var i = 0; i < from.Length; i++)
        {
            from[i] = new(random.NextSingle() * 640, random.NextSingle() * 360);
            var (x, y) = Geometry.Apply(matrix, from[i].X, from[i].Y);
            to[i] = i % 3 == 0 ? new(random.NextSingle() * 640, random.NextSingle() * 360) : new Vector2((float)x, (float)y) + new Vector2(random.NextSingle() - 0.5f, random.NextSingle() - 0.5f) * 0.2f;
        }

        return (from, to);
    }

    private static double WorstError(double[] estimate, double[] truth)
    {
        var worst = 0.0;
        foreach (var (x, y) in new[] { (0, 0), (639, 0), (0, 359), (639, 359), (320, 180) })
        {
            var (a, b) = (Geometry.Apply(estimate, x, y), Geometry.Apply(truth, x, y));
            worst = Math.Max(worst, Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2)));
        }

        return worst;
    }

    [Fact]
    public void Homography_survives_a_third_of_outliers()
    {
        var (from, to) = Matches(Truth);
        var found = Geometry.FindHomography(from, to, 1.5, out var inliers)!;
        Assert.InRange(WorstError(found, Truth), 0, 0.25);
        Assert.InRange(inliers.Count(inlier => inlier), 195, 210);
        Assert.Equal(found, Geometry.FindHomography(from, to));
    }

    [Fact]
    public void Similarity_survives_a_third_of_outliers()
    {
        double[] truth = [0.98, -0.06, 12, 0.06, 0.98, -5];
        var (from, to) = Matches(truth);
        var found = Geometry.EstimateSimilarity(from, to, 1.5, out var inliers)!;
        Assert.Equal(6, found.Length);
        Assert.InRange(WorstError(found, truth), 0, 0.25);
        Assert.InRange(inliers.Count(inlier => inlier), 195, 210);
        Assert.Equal(found, Geometry.EstimateSimilarity(from, to));
    }

    [Fact]
    public void Too_few_matches_give_nothing()
    {
        Assert.Null(Geometry.FindHomography([new(1, 1), new(2, 5), new(7, 3)], [new(1, 1), new(2, 5), new(7, 3)]));
        Assert.Null(Geometry.EstimateSimilarity([new(1, 1)], [new(1, 1)]));
    }

    [Fact]
    public void Inverse_and_product_undo_each_other()
    {
        var identity = Geometry.Multiply(Geometry.Invert(Truth), Truth);
        double[] expected = [1, 0, 0, 0, 1, 0, 0, 0, 1];
        Assert.All(identity.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
        Assert.Throws<ArgumentException>(() => Geometry.Invert([1, 2, 0, 2, 4, 0, 0, 0, 1]));
    }

    [Fact]
    public void Features_follow_a_shift_to_a_tenth_of_a_pixel()
    {
        var picture = TestPictures.Texture(320, 200, 8, 2, 1);
        var from = picture.Crop(new(0, 0, 280, 180));
        var to = picture.Crop(new(9, 6, 280, 180));
        var tracks = Geometry.TrackFeatures(from, to);
        Assert.InRange(tracks.Count, 200, 1200);
        var inside = Enumerable.Range(0, tracks.Count).Where(i => tracks.From[i].X is > 30 and < 250 && tracks.From[i].Y is > 30 and < 150);
        Assert.All(inside, i => Assert.InRange(Vector2.Distance(tracks.From[i] - new Vector2(9, 6), tracks.To[i]), 0, 0.1f));
    }

    [Fact]
    public void Features_start_inside_the_mask()
    {
        var picture = TestPictures.Texture(160, 100, 8, 2, 1);
        var mask = new Raster<byte>(160, 100, 1);
        for (var y = 0; y < 100; y++)
            mask.Row(y)[..60].Fill(255);
        var tracks = Geometry.TrackFeatures(picture, picture, mask);
        Assert.NotEmpty(tracks.From);
        Assert.All(tracks.From, point => Assert.InRange(point.X, 0, 61));
    }
}
