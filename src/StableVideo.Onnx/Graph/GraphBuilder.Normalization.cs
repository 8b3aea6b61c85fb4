namespace StableVideo.Onnx;

/// <content>Normalisations.</content>
public sealed partial class GraphBuilder
{
    /// <summary>torch's group_norm on [N,C,H,W]: each of <paramref name="groups"/> runs of channels gets mean 0 and variance 1, then scale [C] and shift [C].</summary>
    public GraphValue GroupNormalization(GraphValue x, GraphValue scale, GraphValue shift, int groups, float epsilon)
    {
        return Node("GroupNormalization", [x, scale, shift], GraphAttribute.Of("num_groups", groups), GraphAttribute.Of("epsilon", epsilon));
    }

    /// <summary>torch's layer_norm over the last dimension.</summary>
    public GraphValue LayerNormalization(GraphValue x, GraphValue scale, GraphValue shift, float epsilon) =>
        Node("LayerNormalization", [x, scale, shift], GraphAttribute.Of("axis", -1), GraphAttribute.Of("epsilon", epsilon));
}
