using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

public class UvMapTests
{
    [Fact]
    public void Rows_agree_with_single_positions()
    {
        var map = RandomMap(100, 70);
        var uv = new Raster<float>(100, 70, 2);
        map.Fill(1, uv);
        for (var y = 0; y < 70; y += 7)
        {
            for (var x = 0; x < 100; x += 9)
            {
                var (u, v) = map.At(1, x + 0.5, y + 0.5);
                Assert.Equal(u, uv[x, y, 0], 2e-3);
                Assert.Equal(v, uv[x, y, 1], 2e-3);
            }
        }
    }

    [Fact]
    public void A_smaller_picture_covers_the_same_frame()
    {
        var map = RandomMap(100, 70);
        var uv = new Raster<float>(50, 35, 2);
        map.Fill(0, uv);
        var (u, v) = map.At(0, 2 * 20.5, 2 * 10.5);
        Assert.Equal(u, uv[20, 10, 0], 2e-3);
        Assert.Equal(v, uv[20, 10, 1], 2e-3);
    }

    [Fact]
    public void Homographies_invert_and_chain()
    {
        var g = new Homography(1.1, 0.2, 5, -0.1, 0.9, 7, 1e-4, -2e-4, 1);
        var (x, y) = g.Inverse().After(g).Apply(33, 44);
        Assert.Equal(33, x, 1e-9);
        Assert.Equal(44, y, 1e-9);
        var (sx, sy) = g.Scaled(2).Apply(66, 88);
        var (px, py) = g.Apply(33, 44);
        Assert.Equal(2 * px, sx, 1e-9);
        Assert.Equal(2 * py, sy, 1e-9);
    }

    [Fact]
    public void A_constant_gain_stays_constant_between_cells()
    {
        var gain = new float[3 * 4 * 5];
        Array.Fill(gain, 1.25f);
        var row = new float[3 * 37];
        new GainField(1, 5, 4, gain).FillRow(0, 11, 37, 30, row);
        Assert.All(row, g => Assert.Equal(1.25f, g, 1e-5f));
    }

    private static UvMap RandomMap(int width, int height)
    {
        var random = new Random(5);
        var lattice = new float[2 * UvMap.NodeCount(width, 16) * UvMap.NodeCount(height, 16) * 2];
        for (var i = 0; i < lattice.Length; i++)
            lattice[i] = (float)random.NextDouble() * 4;
        return new UvMap(width, height, 16, [Homography.Identity.Shifted(3, 4), new Homography(1.1, 0.1, 5, -0.1, 0.9, 7, 1e-4, -2e-4, 1)], lattice);
    }
}
