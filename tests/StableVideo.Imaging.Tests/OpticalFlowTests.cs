using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class OpticalFlowTests
{
    private const int Width = 256;
    private const int Height = 160;

    /// <summary>A pair with known motion: a wave on top of a turn and a zoom about the centre.</summary>
    private static (Raster<byte> From, Raster<byte> To, Raster<float> Truth) WarpedPair(float strength)
    {
        var to = TestPictures.Texture(Width, Height, 3, 1.6, 1);
        var truth = new Raster<float>(Width, Height, 2);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                truth[x, y] = strength * ((0.02f * (x - 128)) - (0.03f * (y - 80)) + (2 * MathF.Sin(y * 0.06f)) + 3);
                truth[x, y, 1] = strength * ((0.03f * (x - 128)) + (0.02f * (y - 80)) + (2 * MathF.Cos(x * 0.05f)) - 2);
            }
        }

        return (Resample.WarpByFlow(to, truth, RemapBorder.Reflect, ResampleFilter.Bicubic), to, truth);
    }

    private static (double Mean, double Percent95) Error(Raster<float> flow, Raster<float> truth)
    {
        var errors = new List<double>();
        for (var y = 12; y < Height - 12; y++)
        {
            for (var x = 12; x < Width - 12; x++)
                errors.Add(Math.Sqrt(Math.Pow(flow[x, y] - truth[x, y], 2) + Math.Pow(flow[x, y, 1] - truth[x, y, 1], 2)));
        }

        errors.Sort();
        return (errors.Average(), errors[(int)(errors.Count * 0.95)]);
    }

    [Theory]
    [InlineData(FlowMethod.Dis, 1f, 0.06, 0.15)]
    [InlineData(FlowMethod.Dis, 2.5f, 0.25, 0.5)]
    [InlineData(FlowMethod.Farneback, 1f, 0.25, 0.6)]
    public void A_known_warp_is_found(FlowMethod method, float strength, double mean, double percent95)
    {
        var (from, to, truth) = WarpedPair(strength);
        var error = Error(OpticalFlow.Compute(from, to, new FlowOptions { Method = method }), truth);
        Assert.InRange(error.Mean, 0, mean);
        Assert.InRange(error.Percent95, 0, percent95);
    }

    [Fact]
    public void Dense_inverse_search_beats_polynomial_expansion()
    {
        var (from, to, truth) = WarpedPair(1);
        var dis = Error(OpticalFlow.Compute(from, to, new FlowOptions { Method = FlowMethod.Dis }), truth);
        var farneback = Error(OpticalFlow.Compute(from, to, new FlowOptions { Method = FlowMethod.Farneback }), truth);
        TestContext.Current.TestOutputHelper?.WriteLine($"mean (95 %) end point error in pixels: dis {dis.Mean:f3} ({dis.Percent95:f3}), farneback {farneback.Mean:f3} ({farneback.Percent95:f3})");
        Assert.True(dis.Mean < farneback.Mean, $"dis {dis}, farneback {farneback}");
    }

    [Fact]
    public void Pictures_without_structure_do_not_move()
    {
        var gray = new Raster<byte>(64, 48, 1);
        Array.Fill(gray.Data, (byte)90);
        Assert.All(OpticalFlow.Compute(gray, gray).Data, value => Assert.Equal(0, value, 1e-3f));
    }

    [Fact]
    public void Flow_is_the_same_every_time_and_for_any_number_of_threads()
    {
        var (from, to, _) = WarpedPair(1);
        var first = OpticalFlow.Compute(from, to);
        var threads = NativeThreads.Count;
        NativeThreads.Count = 1;
        var second = OpticalFlow.Compute(from, to);
        NativeThreads.Count = threads;
        Assert.Equal(first.Data, second.Data);
    }

    [Theory]
    [InlineData(9, 11)]
    [InlineData(8, 40)]
    [InlineData(33, 17)]
    public void Small_and_odd_sizes_work(int width, int height)
    {
        var gray = TestPictures.Texture(width, height, 1, 1, 1);
        Assert.All(OpticalFlow.Compute(gray, gray).Data, value => Assert.InRange(value, -0.2f, 0.2f));
    }

    [Fact]
    public void Forward_backward_error_is_small_inside_and_infinite_where_motion_leaves()
    {
        var picture = TestPictures.Texture(200, 120, 5, 1.6, 1);
        var shifted = picture.Crop(new(10, 0, 160, 120));
        var from = picture.Crop(new(0, 0, 160, 120));
        var error = OpticalFlow.ForwardBackwardError(OpticalFlow.Compute(from, shifted), OpticalFlow.Compute(shifted, from));
        Assert.InRange(error[80, 60], 0, 0.1f);
        Assert.Equal(float.PositiveInfinity, error[3, 60]);
    }

    [Fact]
    public void Different_sizes_are_refused()
        => Assert.Throws<ArgumentException>(() => OpticalFlow.Compute(new Raster<byte>(8, 8, 1), new Raster<byte>(9, 8, 1)));
}
