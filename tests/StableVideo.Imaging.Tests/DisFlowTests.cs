using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public class DisFlowTests
{
    private const int Width = 160;
    private const int Height = 120;

    /// <summary>A picture seen through a known smooth flow field: the flow must be found again.</summary>
    [Fact]
    public void A_known_smooth_motion_is_found_to_a_tenth_of_a_pixel()
    {
        var errors = Errors(FlowMethod.Dis);
        Assert.InRange(errors[errors.Length / 2], 0, 0.1);
        Assert.InRange(errors[errors.Length * 9 / 10], 0, 0.4);
    }

    [Fact]
    public void Inverse_search_is_sharper_than_polynomial_expansion()
    {
        var (dis, farneback) = (Errors(FlowMethod.Dis), Errors(FlowMethod.Farneback));
        Assert.True(dis[dis.Length / 2] < farneback[farneback.Length / 2]);
    }

    [Fact]
    public void Equal_pictures_do_not_move()
    {
        var picture = Picture();
        var flow = OpticalFlow.Compute(picture, picture, new FlowOptions { Method = FlowMethod.Dis });
        Assert.All(flow.Data, f => Assert.Equal(0f, f, 1e-3f));
    }

    [Fact]
    public void The_same_pictures_give_the_same_bits()
    {
        var (from, to) = (Warped(), Picture());
        var options = new FlowOptions { Method = FlowMethod.Dis };
        Assert.Equal(OpticalFlow.Compute(from, to, options).Data, OpticalFlow.Compute(from, to, options).Data);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(9, 31)]
    [InlineData(33, 17)]
    public void Small_and_odd_sizes_work(int width, int height)
    {
        var picture = new Raster<byte>(width, height, 1);
        new Random(4).NextBytes(picture.Data);
        var flow = OpticalFlow.Compute(picture, picture, new FlowOptions { Method = FlowMethod.Dis });
        Assert.All(flow.Data, f => Assert.True(float.IsFinite(f)));
    }

    private static double[] Errors(FlowMethod method)
    {
        var truth = Truth();
        var found = OpticalFlow.Compute(Warped(), Picture(), new FlowOptions { Method = method });
        List<double> errors = [];
        for (var y = 16; y < Height - 16; y++)
        {
            for (var x = 16; x < Width - 16; x++)
                errors.Add(Math.Sqrt(Math.Pow(found[x, y, 0] - truth[x, y, 0], 2) + Math.Pow(found[x, y, 1] - truth[x, y, 1], 2)));
        }

        return [.. errors.Order()];
    }

    private static Raster<byte> Warped() => Resample.WarpByFlow(Picture(), Truth(), RemapBorder.Clamp, ResampleFilter.Bicubic);

    private static Raster<float> Truth()
    {
        var flow = new Raster<float>(Width, Height, 2);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
                (flow[x, y, 0], flow[x, y, 1]) = (5 + (3 * MathF.Sin((x / 40f) + (y / 60f))), -3 + (2 * MathF.Cos(x / 50f)));
        }

        return flow;
    }

    private static Raster<byte> Picture()
    {
        var noise = new Raster<byte>(Width / 3, Height / 3, 1);
        new Random(9).NextBytes(noise.Data);
        return Resample.Resize(noise, Width, Height, ResampleFilter.Bicubic);
    }
}
