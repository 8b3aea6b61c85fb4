using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' Transformer2DModel: pixels become tokens that attend to each other and to the text.</summary>
internal sealed class TransformerBlock
{
    private const float GroupNormEpsilon = 1e-6f;

    private readonly NetworkLayers _layers;
    private readonly int _groups;
    private readonly int _depth;
    private readonly GraphValue _context;
    private readonly GraphValue _batch;

    /// <param name="layers">Where the weights are.</param>
    /// <param name="groups">Groups of the normalisation.</param>
    /// <param name="depth">Transformer layers in the block.</param>
    /// <param name="context">[B,L,D].</param>
    /// <param name="contextWidth">D.</param>
    public TransformerBlock(NetworkLayers layers, int groups, int depth, GraphValue context, int contextWidth)
    {
        _layers = layers;
        _groups = groups;
        _depth = depth;
        _batch = layers.Graph.ShapeOf(context, 0, 1);
        _context = layers.Graph.Reshape(context, -1, contextWidth);
    }

    /// <param name="x">[B,channels,H,W].</param>
    /// <param name="name">Prefix of the block's weights.</param>
    /// <param name="channels">Channels of x.</param>
    /// <param name="heads">Attention heads.</param>
    public GraphValue Add(GraphValue x, string name, int channels, int heads)
    {
        var graph = _layers.Graph;
        var normalized = _layers.GroupNormalization(x, $"{name}.norm", _groups, GroupNormEpsilon);
        var tokens = ToTokens(normalized, channels);
        tokens = _layers.Linear(tokens, $"{name}.proj_in");
        for (var i = 0; i < _depth; i++)
            tokens = AddLayer(tokens, $"{name}.transformer_blocks.{i}", channels, heads);
        tokens = _layers.Linear(tokens, $"{name}.proj_out");
        return graph.Add(ToPixels(tokens, x, channels), x);
    }

    private GraphValue AddLayer(GraphValue tokens, string name, int channels, int heads)
    {
        var graph = _layers.Graph;
        var self = _layers.LayerNormalization(tokens, $"{name}.norm1");
        tokens = graph.Add(Attention(self, self, $"{name}.attn1", channels, heads), tokens);
        var cross = _layers.LayerNormalization(tokens, $"{name}.norm2");
        tokens = graph.Add(Attention(cross, _context, $"{name}.attn2", channels, heads), tokens);
        var h = _layers.GatedGelu(_layers.LayerNormalization(tokens, $"{name}.norm3"), $"{name}.ff.net.0.proj");
        return graph.Add(_layers.Linear(h, $"{name}.ff.net.2"), tokens);
    }

    private GraphValue Attention(GraphValue queries, GraphValue keys, string name, int channels, int heads)
    {
        var graph = _layers.Graph;
        var rows = graph.Concat(0, _batch, graph.Integers(-1, channels));
        var attended = graph.Attention(
            graph.Reshape(_layers.Linear(queries, $"{name}.to_q"), rows),
            graph.Reshape(_layers.Linear(keys, $"{name}.to_k"), rows),
            graph.Reshape(_layers.Linear(keys, $"{name}.to_v"), rows),
            heads);
        return _layers.Linear(graph.Reshape(attended, -1, channels), $"{name}.to_out.0");
    }

    /// <summary>[B,C,H,W] to [B*H*W,C].</summary>
    private GraphValue ToTokens(GraphValue x, int channels)
    {
        var graph = _layers.Graph;
        return graph.Reshape(graph.Transpose(graph.Reshape(x, 0, channels, -1), 0, 2, 1), -1, channels);
    }

    /// <summary>[B*H*W,C] to the shape of <paramref name="like"/>.</summary>
    private GraphValue ToPixels(GraphValue tokens, GraphValue like, int channels)
    {
        var graph = _layers.Graph;
        var rows = graph.Reshape(tokens, graph.Concat(0, _batch, graph.Integers(-1, channels)));
        return graph.Reshape(graph.Transpose(rows, 0, 2, 1), graph.ShapeOf(like, 0, 4));
    }
}
