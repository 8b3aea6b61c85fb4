using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' ResnetBlock2D: two normalised convolutions around the time embedding, and a shortcut.</summary>
internal sealed class ResnetBlock(NetworkLayers layers, int groups, float epsilon)
{
    /// <param name="x">[B,C,H,W].</param>
    /// <param name="name">Prefix of the block's weights.</param>
    /// <param name="activatedTime">silu of the time embedding, [B or 1,D]; default where the network has none.</param>
    public GraphValue Add(GraphValue x, string name, GraphValue activatedTime = default)
    {
        var graph = layers.Graph;
        var h = layers.Convolution(Activate(x, $"{name}.norm1"), $"{name}.conv1");
        if (activatedTime != default)
            h = graph.Add(h, graph.Reshape(layers.Linear(activatedTime, $"{name}.time_emb_proj"), 0, -1, 1, 1));
        h = layers.Convolution(Activate(h, $"{name}.norm2"), $"{name}.conv2");
        var shortcut = layers.Has($"{name}.conv_shortcut") ? layers.Convolution(x, $"{name}.conv_shortcut", padding: 0) : x;
        return graph.Add(shortcut, h);
    }

    private GraphValue Activate(GraphValue x, string norm) => layers.Graph.Silu(layers.GroupNormalization(x, norm, groups, epsilon));
}
