using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests.Guidance;

public class StructureGuidanceTests
{
    /// <summary>Values of the training code's own guidance function for the same picture.</summary>
    [Theory]
    [InlineData(0, 0, 0.000000, 0, 0.355976)]
    [InlineData(60, 5, 0.342984, 0, 0.437322)]
    [InlineData(30, 12, 0.309671, 1, 0.411302)]
    [InlineData(21, 13, 0.350945, 1, 0.679977)]
    [InlineData(32, 24, 0.529145, 0, 0.500067)]
    [InlineData(43, 35, 0.707345, 1, 0.680258)]
    [InlineData(10, 40, 0.512659, 0, 0.436305)]
    [InlineData(63, 47, 0.859243, 0, 0.634672)]
    public void Luminance_is_what_the_embedded_model_was_trained_on(int x, int y, float luma, float edge, float detail)
    {
        var guidance = Luminance(Picture());

        Assert.Equal([1, 3, 48, 64], guidance.Shape);
        var plane = 48 * 64;
        var at = y * 64 + x;
        Assert.Equal(luma, guidance.Data[at], 2e-6f);
        Assert.Equal(edge, guidance.Data[plane + at]);
        Assert.Equal(detail, guidance.Data[2 * plane + at], 1e-5f);
    }

    [Fact]
    public void Luminance_planes_have_the_means_of_the_training_code()
    {
        var guidance = Luminance(Picture());

        Assert.Equal(0.452788, Mean(guidance, 0), 1e-5);
        Assert.Equal(92, guidance.Data.Skip(48 * 64).Take(48 * 64).Sum());
        Assert.Equal(0.499036, Mean(guidance, 2), 1e-5);
    }

    [Fact]
    public void Canny_gives_three_equal_channels_of_edges()
    {
        using var structure = StructureGuidance.Open(new StructureSettings { Kind = StructureKind.Canny }, NetworkOptions.Default);
        var picture = new Raster<byte>(64, 32, 3);
        for (var y = 0; y < 32; y++)
            picture.Row(y)[(3 * 32)..].Fill(200);

        var guidance = structure.Compute(picture, TestContext.Current.CancellationToken)!;

        Assert.Equal([1, 3, 32, 64], guidance.Shape);
        Assert.Equal(32, guidance.Data.Take(32 * 64).Sum());
        Assert.True(guidance.Data.Take(64).Skip(30).Take(4).Sum() == 1, "The edge lies where the step is.");
        Assert.Equal(guidance.Data.Take(32 * 64), guidance.Data.Skip(2 * 32 * 64));
    }

    [Fact]
    public void Depth_is_stretched_to_the_whole_range()
    {
        using var folder = new DepthNetworkFolder();
        using var structure = StructureGuidance.Open(folder.Settings, NetworkOptions.Default);
        var ramp = new Raster<byte>(96, 64, 3);
        for (var y = 0; y < 64; y++)
        {
            for (var x = 0; x < 96; x++)
                ramp.Row(y).Slice(3 * x, 3).Fill((byte)(50 + x));
        }

        var guidance = structure.Compute(ramp, TestContext.Current.CancellationToken)!;

        Assert.Equal([1, 3, 64, 96], guidance.Shape);
        Assert.Equal((0f, 1f), (guidance.Data.Min(), guidance.Data.Max()));
        Assert.Equal(0.5, guidance.Data[32 * 96 + 48], 0.02);
        Assert.Equal(guidance.Data.Take(64 * 96), guidance.Data.Skip(64 * 96).Take(64 * 96));
    }

    [Fact]
    public void Depth_without_a_network_says_what_to_supply()
    {
        var error = Assert.Throws<ModelException>(() =>
            StructureGuidance.Open(new StructureSettings { Kind = StructureKind.Depth }, NetworkOptions.Default));
        Assert.Equal(
            "The model's ControlNet wants depth but names no depth network. Give a monocular-depth .onnx file (MiDaS, DPT, Depth Anything): " +
            "\"guidance\": {\"type\": \"depth\", \"model\": \"depth.onnx\"} in controlnet/config.json, or the depth model option.",
            error.Message);
    }

    [Fact]
    public void A_depth_network_that_is_not_there_or_not_one_is_named()
    {
        using var folder = new DepthNetworkFolder();
        var broken = folder.Settings.DepthModel!;
        File.WriteAllText(broken, "not a network");

        var error = Assert.Throws<ModelException>(() => StructureGuidance.Open(folder.Settings, NetworkOptions.Default));
        Assert.StartsWith($"The depth network {broken} can not be used: ", error.Message, StringComparison.Ordinal);
        File.Delete(broken);
        error = Assert.Throws<ModelException>(() => StructureGuidance.Open(folder.Settings, NetworkOptions.Default));
        Assert.StartsWith($"The depth network {broken} does not exist.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_guidance_is_no_picture()
    {
        using var structure = StructureGuidance.Open(StructureSettings.None, NetworkOptions.Default);

        Assert.Null(structure.Compute(Picture(), TestContext.Current.CancellationToken));
    }

    private static FloatTensor Luminance(Raster<byte> picture)
    {
        var settings = new StructureSettings { Kind = StructureKind.Luminance, CannyLow = 60, CannyHigh = 132, HighpassSigma = 3 };
        using var structure = StructureGuidance.Open(settings, NetworkOptions.Default);
        return structure.Compute(picture, TestContext.Current.CancellationToken)!;
    }

    private static double Mean(FloatTensor guidance, int channel) => guidance.Data.Skip(channel * 48 * 64).Take(48 * 64).Average();

    /// <summary>Ramps and a bright rectangle with hard edges.</summary>
    private static Raster<byte> Picture()
    {
        var picture = new Raster<byte>(64, 48, 3);
        for (var y = 0; y < 48; y++)
        {
            for (var x = 0; x < 64; x++)
            {
                picture[x, y, 0] = (byte)(x * 4 % 256);
                picture[x, y, 1] = (byte)(y * 5 % 256);
                picture[x, y, 2] = (byte)(x is > 20 and < 44 && y is > 12 and < 36 ? 230 : x * y % 97);
            }
        }

        return picture;
    }

    /// <summary>A stand-in depth network: the mean of the colours.</summary>
    private sealed class DepthNetworkFolder : IDisposable
    {
        private readonly string path = Directory.CreateTempSubdirectory("depth-").FullName;

        public DepthNetworkFolder()
        {
            var graph = new GraphBuilder("depth");
            var picture = graph.Input("picture", TensorElement.Float32, 1, 3, "height", "width");
            graph.Output("depth", graph.Sum(picture, keep: false, 1), 1, "height", "width");
            Settings = new StructureSettings { Kind = StructureKind.Depth, DepthModel = Path.Combine(path, "depth.onnx"), DepthSize = 64 };
            File.WriteAllBytes(Settings.DepthModel, graph.Build().Model.Span);
        }

        public StructureSettings Settings { get; }

        public void Dispose() => Directory.Delete(path, recursive: true);
    }
}
