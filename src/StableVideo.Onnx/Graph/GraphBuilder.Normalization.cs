namespace StableVideo.Onnx;

/// <content>Normalisations.</content>
public sealed partial class GraphBuilder
{
    /// <summary>
    /// torch's group_norm on [N,C,H,W]: each of <paramref name="groups"/> runs of channels gets mean 0 and variance 1, then scale [C] and shift [C].
    /// </summary>
    /// <remarks>
    /// ONNX Runtime's CPU provider has no kernel for GroupNormalization and expands it into a dozen passes. An instance normalisation of the groups and
    /// an (identity) batch normalisation for scale and shift are two passes of real kernels, three times as fast.
    /// </remarks>
    public GraphValue GroupNormalization(GraphValue x, GraphValue scale, GraphValue shift, int groups, int channels, float epsilon)
    {
        var normalized = Node(
            "InstanceNormalization",
            [Reshape(x, 0, groups, -1), Repeated(1, groups), Repeated(0, groups)],
            GraphAttribute.Of("epsilon", epsilon));
        var scaled = Node(
            "BatchNormalization",
            [Reshape(normalized, 0, channels, -1), scale, shift, Repeated(0, channels), Repeated(1, channels)],
            GraphAttribute.Of("epsilon", 0f));
        return Reshape(scaled, ShapeOf(x, 0, 4));
    }

    /// <summary>torch's layer_norm over the last dimension.</summary>
    public GraphValue LayerNormalization(GraphValue x, GraphValue scale, GraphValue shift, float epsilon) =>
        Node("LayerNormalization", [x, scale, shift], GraphAttribute.Of("axis", -1), GraphAttribute.Of("epsilon", epsilon));

    private GraphValue Repeated(float value, int count) => Shared($"{count} times {value}", () =>
    {
        var tensor = new FloatTensor(count);
        tensor.Span.Fill(value);
        return Constant(tensor);
    });
}
