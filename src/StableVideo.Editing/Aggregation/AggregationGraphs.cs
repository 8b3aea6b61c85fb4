using StableVideo.Onnx;

namespace StableVideo.Editing;

/// <summary>
/// The aggregation network as ONNX graphs: forward, and one training step's gradients. <c>conv3d 3x3x3 -> ReLU -> conv3d Kx3x3</c>; the second convolution
/// sees all K keyframes at once and leaves one atlas.
/// </summary>
/// <remarks>
/// Shapes: x [1,C,K,V,U], w1 [F,C,3,3,3], b1 [F], w2 [3,F*K,3,3], b2 [3], y [1,3,V,U]. Folding (F, K) into channels makes the second convolution two-dimensional.
/// The gradient of the first convolution's weights is itself a convolution: of the input, channels taken as a batch, with the output's gradient as one large kernel.
/// </remarks>
internal static class AggregationGraphs
{
    /// <summary>Channels per keyframe: colour and weight.</summary>
    public const int Inputs = 4;

    /// <summary>Features of the hidden layer.</summary>
    public const int Features = 8;

    /// <summary>x, w1, b1, w2, b2 to y and the hidden h [1,F*K,V,U] that the gradients need.</summary>
    public static NetworkGraph Forward(int keyframes)
    {
        var g = new GraphBuilder("aggregation");
        var x = g.Input("x", TensorElement.Float32, 1, Inputs, keyframes, "v", "u");
        var w1 = g.Input("w1", TensorElement.Float32, Features, Inputs, 3, 3, 3);
        var b1 = g.Input("b1", TensorElement.Float32, Features);
        var w2 = g.Input("w2", TensorElement.Float32, 3, Features * keyframes, 3, 3);
        var b2 = g.Input("b2", TensorElement.Float32, 3);
        var hidden = g.Relu(g.Convolution(x, w1, b1, [1, 1, 1], [1, 1, 1, 1, 1, 1]));
        var folded = g.Reshape(hidden, g.Concat(0, g.Integers(1, Features * keyframes), g.ShapeOf(x, 3, 5)));
        g.Output("y", g.Convolution(folded, w2, b2, padding: 1), 1, 3, "v", "u");
        g.Output("h", folded, 1, Features * keyframes, "v", "u");
        return g.Build();
    }

    /// <summary>x, w2, h and dy [1,3,V,U] to dw1, db1, dw2, db2.</summary>
    public static NetworkGraph Gradients(int keyframes)
    {
        var folded = Features * keyframes;
        var g = new GraphBuilder("aggregation-gradients");
        var x = g.Input("x", TensorElement.Float32, 1, Inputs, keyframes, "v", "u");
        var w2 = g.Input("w2", TensorElement.Float32, 3, folded, 3, 3);
        var h = g.Input("h", TensorElement.Float32, 1, folded, "v", "u");
        var dy = g.Input("dy", TensorElement.Float32, 1, 3, "v", "u");

        var dw2 = g.ConvolutionWeightGradient(h, dy, folded, 3, 3);
        var dh = g.ReluGradient(g.ConvolutionInputGradient(dy, w2, 3), h);
        var volume = g.Reshape(dh, g.Concat(0, g.Integers(Features, 1, keyframes), g.ShapeOf(x, 3, 5)));
        var dw1 = g.Convolution(g.Transpose(x, 1, 0, 2, 3, 4), volume, default, [1, 1, 1], [1, 1, 1, 1, 1, 1]);

        g.Output("dw1", g.Transpose(dw1, 1, 0, 2, 3, 4), Features, Inputs, 3, 3, 3);
        g.Output("db1", g.Sum(volume, false, 1, 2, 3, 4), Features);
        g.Output("dw2", dw2, 3, folded, 3, 3);
        g.Output("db2", g.BiasGradient(dy), 3);
        return g.Build();
    }
}
