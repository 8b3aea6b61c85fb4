using StableVideo.Onnx;

namespace StableVideo.Editing;

/// <summary>
/// The aggregation network as ONNX graphs: forward, and one training step's gradients. <c>conv3d 3x3x3 -> ReLU -> conv3d Kx3x3</c>; the second convolution
/// sees all K keyframes at once and leaves one atlas.
/// </summary>
/// <remarks>
/// Shapes: x [1,C,K,V,U], w1 [F,C,3,3,3], b1 [F], w2 [3,F*K,3,3], b2 [3], y [1,3,V,U]. Folding (F, K) into channels makes both convolutions two-dimensional.
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
        var x = Volume(g, keyframes);
        var w1 = g.Input("w1", TensorElement.Float32, Features, Inputs, 3, 3, 3);
        var b1 = g.Input("b1", TensorElement.Float32, Features);
        var w2 = g.Input("w2", TensorElement.Float32, 3, Features * keyframes, 3, 3);
        var b2 = g.Input("b2", TensorElement.Float32, 3);
        var hidden = g.Relu(new VolumeConvolution(g, Inputs, Features, keyframes).Forward(x, w1, b1));
        g.Output("y", g.Convolution(hidden, w2, b2, padding: 1), 1, 3, "v", "u");
        g.Output("h", hidden, 1, Features * keyframes, "v", "u");
        return g.Build();
    }

    /// <summary>x, w2, h and dy [1,3,V,U] to dw1, db1, dw2, db2.</summary>
    public static NetworkGraph Gradients(int keyframes)
    {
        var folded = Features * keyframes;
        var g = new GraphBuilder("aggregation-gradients");
        var x = Volume(g, keyframes);
        var w2 = g.Input("w2", TensorElement.Float32, 3, folded, 3, 3);
        var h = g.Input("h", TensorElement.Float32, 1, folded, "v", "u");
        var dy = g.Input("dy", TensorElement.Float32, 1, 3, "v", "u");

        var first = new VolumeConvolution(g, Inputs, Features, keyframes);
        var dw2 = g.ConvolutionWeightGradient(h, dy, folded, 3, 3);
        var dh = g.ReluGradient(g.ConvolutionInputGradient(dy, w2, 3), h);

        g.Output("dw1", first.WeightGradient(x, dh), Features, Inputs, 3, 3, 3);
        g.Output("db1", first.BiasGradient(dh), Features);
        g.Output("dw2", dw2, 3, folded, 3, 3);
        g.Output("db2", g.BiasGradient(dy), 3);
        return g.Build();
    }

    /// <summary>The input x [1,C,K,V,U] as [1,C*K,V,U].</summary>
    private static GraphValue Volume(GraphBuilder g, int keyframes)
    {
        var x = g.Input("x", TensorElement.Float32, 1, Inputs, keyframes, "v", "u");
        return g.Reshape(x, g.Concat(0, g.Integers(1, Inputs * keyframes), g.ShapeOf(x, 3, 5)));
    }
}
