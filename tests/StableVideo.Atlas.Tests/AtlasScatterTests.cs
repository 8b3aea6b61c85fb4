using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

public class AtlasScatterTests
{
    private const int Side = 64;

    [Fact]
    public void What_is_scattered_is_sampled_back()
    {
        var frame = new SyntheticClip(1).Frames[0].Crop(new PixelBox(40, 20, Side, Side)).ToFloat();
        var uv = Uv((x, y) => (20 + (1.3f * x) - (0.4f * y), 30 + (0.4f * x) + (1.3f * y)));
        var partial = AtlasScatter.Scatter(frame, Opaque(), uv, 160, 160);
        var seen = new Raster<float>(Side, Side, 3);
        AtlasSampler.Sample(partial.Colour, uv, seen);
        var inner = new Raster<byte>(Side, Side, 1);
        for (var y = 3; y < Side - 3; y++)
            inner.Row(y)[3..(Side - 3)].Fill(255);
        Assert.True(Quality.Psnr(frame.ToBytes(), seen.ToBytes(), inner) > 38);
    }

    [Fact]
    public void Linear_colours_come_out_exactly_and_cover_the_footprint()
    {
        var frame = new Raster<float>(Side, Side, 1);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
                frame[x, y] = x + (2 * y);
        }

        var partial = AtlasScatter.Scatter(frame, Opaque(), Uv((x, y) => (2 * x, 2 * y)), 2 * Side, 2 * Side);
        for (var y = 2; y < (2 * Side) - 2; y++)
        {
            for (var x = 2; x < (2 * Side) - 2; x++)
            {
                Assert.Equal(1f, partial.Weight[x, y], 1e-3f);
                Assert.Equal(((x + 0.5f) / 2) - 0.5f + (2 * (((y + 0.5f) / 2) - 0.5f)), partial.Colour[x, y], 1e-2f);
            }
        }
    }

    [Fact]
    public void Nothing_crosses_the_alpha_edge()
    {
        var alpha = Opaque();
        for (var y = 0; y < Side; y++)
            alpha.Row(y)[..32].Clear();
        var partial = AtlasScatter.Scatter(new Raster<float>(Side, Side, 3), alpha, Uv((x, y) => (x, y)), Side, Side);
        Assert.All(Enumerable.Range(0, Side), y => Assert.Equal(0f, partial.Weight[31, y]));
        Assert.All(Enumerable.Range(0, Side), y => Assert.Equal(1f, partial.Weight[33, y], 1e-3f));
    }

    [Fact]
    public void Tears_are_not_bridged()
    {
        var partial = AtlasScatter.Scatter(new Raster<float>(Side, Side, 3), Opaque(), Uv((x, y) => (x < 32 ? x : x + 20, y)), 100, Side);
        Assert.Equal(0f, partial.Weight[40, 30]);
        Assert.Equal(1f, partial.Weight[20, 30], 1e-3f);
        Assert.Equal(1f, partial.Weight[60, 30], 1e-3f);
    }

    [Fact]
    public void Folded_triangles_are_left_out()
    {
        var partial = AtlasScatter.Scatter(new Raster<float>(Side, Side, 3), Opaque(), Uv((x, y) => (Side - x, y)), Side, Side);
        Assert.All(partial.Weight.Data, w => Assert.Equal(0f, w));
    }

    private static Raster<byte> Opaque()
    {
        var alpha = new Raster<byte>(Side, Side, 1);
        Array.Fill(alpha.Data, (byte)255);
        return alpha;
    }

    private static Raster<float> Uv(Func<float, float, (float U, float V)> map)
    {
        var uv = new Raster<float>(Side, Side, 2);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
                (uv[x, y, 0], uv[x, y, 1]) = map(x + 0.5f, y + 0.5f);
        }

        return uv;
    }
}
