namespace StableVideo.Onnx.Tests;

/// <summary>The forward pass against ONNX Runtime's own 3D convolution, the gradients against finite differences.</summary>
public sealed class VolumeConvolutionTests
{
    private const int Channels = 3, Features = 5, Depth = 4, Height = 6, Width = 7;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Equals_a_three_dimensional_convolution(int depth)
    {
        var x = Run.Random(1, 1, Channels, depth, Height, Width);
        var weight = Run.Random(2, Features, Channels, 3, 3, 3);
        var bias = Run.Random(3, Features);

        var direct = Run.Graph((g, v) => g.Convolution(v, g.Constant(weight), g.Constant(bias), [1, 1, 1], [1, 1, 1, 1, 1, 1]), x);
        var unrolled = Run.Graph(
            (g, v) => new VolumeConvolution(g, Channels, Features, depth).Forward(g.Reshape(v, 1, Channels * depth, Height, Width), g.Constant(weight), g.Constant(bias)), x);

        Assert.Equal([1, Features * depth, Height, Width], unrolled.Shape);
        Run.AssertClose(direct.Data, unrolled.Data, 1e-5f);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    public void Gradients_equal_finite_differences(int channels, int features)
    {
        var x = Run.Random(1, 1, channels * Depth, Height, Width);
        var weight = Run.Random(2, features, channels, 3, 3, 3);
        var bias = Run.Random(3, features);
        // The loss is the result weighted by this, so this is its gradient by the result.
        var slope = Run.Random(4, 1, features * Depth, Height, Width);
        using var forward = Session(g =>
            g.Output("y", new VolumeConvolution(g, channels, features, Depth).Forward(Input(g, "x", x), Input(g, "w", weight), Input(g, "b", bias))));
        using var backward = Session(g =>
        {
            var layer = new VolumeConvolution(g, channels, features, Depth);
            var (input, kernels, gradient) = (Input(g, "x", x), Input(g, "w", weight), Input(g, "dy", slope));
            g.Output("dx", layer.InputGradient(gradient, kernels));
            g.Output("dw", layer.WeightGradient(input, gradient));
            g.Output("db", layer.BiasGradient(gradient));
        });

        var gradients = backward.Run(("x", x), ("w", weight), ("dy", slope));

        FloatTensor[] parameters = [x, weight, bias];
        for (var i = 0; i < parameters.Length; i++)
            AssertGradient(() => Dot(forward.Run(("x", x), ("w", weight), ("b", bias))[0], slope), parameters[i], gradients[i]);
    }

    [Fact]
    public void A_two_layer_network_has_the_gradients_of_finite_differences()
    {
        var x = Run.Random(1, 1, Channels * Depth, Height, Width);
        var w1 = Run.Random(2, Features, Channels, 3, 3, 3);
        var b1 = Run.Random(3, Features);
        var w2 = Run.Random(4, 3, Features * Depth, 3, 3);
        var slope = Run.Random(6, 1, 3, Height, Width);
        using var forward = Session(g =>
        {
            var h = g.Relu(new VolumeConvolution(g, Channels, Features, Depth).Forward(Input(g, "x", x), Input(g, "w1", w1), Input(g, "b1", b1)));
            g.Output("y", g.Convolution(h, Input(g, "w2", w2), padding: 1));
            g.Output("h", h);
        });
        using var backward = Session(g =>
        {
            var layer = new VolumeConvolution(g, Channels, Features, Depth);
            var h = g.Input("h", TensorElement.Float32, Run.Symbols("h", 4));
            var (gradient, outer) = (Input(g, "dy", slope), Input(g, "w2", w2));
            var dh = g.ReluGradient(g.ConvolutionInputGradient(gradient, outer, 3), h);
            g.Output("dw1", layer.WeightGradient(Input(g, "x", x), dh));
            g.Output("db1", layer.BiasGradient(dh));
            g.Output("dw2", g.ConvolutionWeightGradient(h, gradient, Features * Depth, 3, 3));
            g.Output("db2", g.BiasGradient(gradient));
        });

        FloatTensor[] Forward() => forward.Run(("x", x), ("w1", w1), ("b1", b1), ("w2", w2));
        var gradients = backward.Run(("x", x), ("h", Forward()[1]), ("dy", slope), ("w2", w2));

        FloatTensor[] parameters = [w1, b1, w2];
        for (var i = 0; i < parameters.Length; i++)
            AssertGradient(() => Dot(Forward()[0], slope), parameters[i], gradients[i], kinks: true);
        for (var c = 0; c < 3; c++)
            Assert.Equal(slope.Data.Skip(c * Height * Width).Take(Height * Width).Sum(), gradients[3].Data[c], 1e-4f);
    }

    [Fact]
    public void Adam_finds_the_bottom_of_a_bowl()
    {
        float[] parameters = [5, -3];
        var adam = new Adam(parameters, 0.1f);
        adam.Step([10, -0.001f]);
        // Whatever the gradient's size, the first step is one rate long.
        Run.AssertClose([4.9f, -2.9f], parameters, 1e-4f);

        for (var step = 0; step < 400; step++)
            adam.Step([2 * (parameters[0] - 1), 2 * (parameters[1] - 2)]);

        Run.AssertClose([1, 2], parameters, 1e-3f);
        Assert.Throws<ArgumentException>(() => adam.Step([1]));
    }

    private static GraphValue Input(GraphBuilder graph, string name, FloatTensor like) =>
        graph.Input(name, TensorElement.Float32, [.. like.Shape.Select(length => (Dimension)length)]);

    private static NetworkSession Session(Action<GraphBuilder> draw)
    {
        var graph = new GraphBuilder("gradients");
        draw(graph);
        return NetworkSession.Open(graph.Build(), NetworkOptions.Default);
    }

    private static double Dot(FloatTensor a, FloatTensor b) => a.Data.Zip(b.Data, (p, q) => (double)p * q).Sum();

    /// <summary>Central differences at every seventh number. Where a ReLU lies between, a step may cross its kink, so a few may differ more.</summary>
    private static void AssertGradient(Func<double> loss, FloatTensor parameter, FloatTensor gradient, bool kinks = false)
    {
        const float step = 1.0f / 64;
        Assert.Equal(parameter.Length, gradient.Length);
        var scale = gradient.Data.Max(Math.Abs);
        var (checkedCount, off) = (0, 0);
        for (var i = 0; i < parameter.Length; i += 7)
        {
            var value = parameter.Data[i];
            parameter.Data[i] = value + step;
            var above = loss();
            parameter.Data[i] = value - step;
            var below = loss();
            parameter.Data[i] = value;
            checkedCount++;
            var difference = Math.Abs(((above - below) / (2 * step)) - gradient.Data[i]);
            Assert.True(difference <= scale * (kinks ? 0.05 : 1e-3), $"Element {i}: difference {difference} at scale {scale}.");
            if (difference > scale * 2e-3)
                off++;
        }

        Assert.True(off <= checkedCount / 2, $"{off} of {checkedCount} gradients differ from finite differences.");
    }
}
