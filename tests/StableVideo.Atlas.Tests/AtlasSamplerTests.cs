using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

public class AtlasSamplerTests
{
    [Fact]
    public void A_pixel_centre_gives_the_pixel_and_half_way_the_mean()
    {
        var atlas = new Raster<float>(2, 2, 1, [10, 20, 30, 50]);
        var uv = new Raster<float>(3, 1, 2, [0.5f, 0.5f, 1f, 0.5f, 1f, 1f]);
        var seen = new Raster<float>(3, 1, 1);
        AtlasSampler.Sample(atlas, uv, seen);
        Assert.Equal([10f, 15f, 27.5f], seen.Data);
    }

    [Fact]
    public void Positions_outside_see_the_edge()
    {
        var atlas = new Raster<float>(2, 2, 1, [10, 20, 30, 50]);
        var uv = new Raster<float>(2, 1, 2, [-7f, -7f, 9f, 9f]);
        var seen = new Raster<float>(2, 1, 1);
        AtlasSampler.Sample(atlas, uv, seen);
        Assert.Equal([10f, 50f], seen.Data);
    }

    [Fact]
    public void Bytes_and_floats_sample_alike()
    {
        var random = new Random(1);
        var bytes = new Raster<byte>(17, 13, 3);
        random.NextBytes(bytes.Data);
        var uv = RandomUv(random, 40, 30, 17, 13);
        var (fromBytes, fromFloats) = (new Raster<float>(40, 30, 3), new Raster<float>(40, 30, 3));
        AtlasSampler.Sample(bytes, uv, fromBytes);
        AtlasSampler.Sample(bytes.ToFloat(), uv, fromFloats);
        for (var i = 0; i < fromBytes.Data.Length; i++)
            Assert.Equal(fromFloats.Data[i], fromBytes.Data[i], 1e-3f);
    }

    [Fact]
    public void The_adjoint_is_the_transpose()
    {
        var random = new Random(2);
        var atlas = RandomRaster(random, 23, 19, 3);
        var gradient = RandomRaster(random, 41, 31, 3);
        var uv = RandomUv(random, 41, 31, 23, 19);
        var sampled = new Raster<float>(41, 31, 3);
        var spread = new Raster<float>(23, 19, 3);
        AtlasSampler.Sample(atlas, uv, sampled);
        AtlasSampler.SampleAdjoint(gradient, uv, spread);
        double left = Dot(sampled, gradient), right = Dot(atlas, spread);
        Assert.Equal(left, right, Math.Abs(left) * 1e-4);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var atlas = new Raster<float>(4, 4, 3);
        Assert.Throws<ArgumentException>(() => AtlasSampler.Sample(atlas, new Raster<float>(5, 5, 2), new Raster<float>(5, 4, 3)));
        Assert.Throws<ArgumentException>(() => AtlasSampler.Sample(atlas, new Raster<float>(5, 5, 1), new Raster<float>(5, 5, 3)));
        Assert.Throws<ArgumentException>(() => AtlasSampler.Sample(atlas, new Raster<float>(5, 5, 2), new Raster<float>(5, 5, 1)));
    }

    private static Raster<float> RandomRaster(Random random, int width, int height, int channels)
    {
        var raster = new Raster<float>(width, height, channels);
        for (var i = 0; i < raster.Data.Length; i++)
            raster.Data[i] = (float)(random.NextDouble() - 0.5);
        return raster;
    }

    private static Raster<float> RandomUv(Random random, int width, int height, int atlasWidth, int atlasHeight)
    {
        var uv = new Raster<float>(width, height, 2);
        for (var i = 0; i < uv.Data.Length; i++)
            uv.Data[i] = (float)(((random.NextDouble() * 1.2) - 0.1) * (i % 2 == 0 ? atlasWidth : atlasHeight));
        return uv;
    }

    private static double Dot(Raster<float> a, Raster<float> b) => a.Data.Zip(b.Data, (x, y) => (double)x * y).Sum();
}
