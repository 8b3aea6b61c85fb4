using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>
/// Draws the UNet: down (keeping every layer's output for the way up), middle, up. A ControlNet is the same way down and middle,
/// so both are drawn here.
/// </summary>
internal sealed class UNetGraph
{
    public const string Sample = "sample", Time = "time", Context = "context", Pooled = "pooled", Mid = "mid", Noise = "noise";

    private readonly GraphBuilder _graph;
    private readonly NetworkLayers _layers;
    private readonly UNetConfig _config;
    private readonly ResnetBlock _resnet;
    private readonly GraphValue _context;
    private readonly GraphValue _time;

    public UNetGraph(GraphBuilder graph, TensorFile weights, UNetConfig config)
    {
        _graph = graph;
        _layers = new NetworkLayers(graph, weights);
        _config = config;
        _resnet = new ResnetBlock(_layers, config.Groups, config.NormEpsilon);
        RequireFit();
        SampleInput = graph.Input(Sample, TensorElement.Float32, "batch", config.InChannels, "height", "width");
        _context = graph.Input(Context, TensorElement.Float32, "batch", "tokens", config.ContextWidth);
        _time = graph.Silu(EmbedTime());
    }

    public GraphValue SampleInput { get; }

    public NetworkLayers Layers => _layers;

    public static string Down(int index) => $"down.{index}";

    /// <summary>The way down from the first convolution's output; returns every skip connection, outermost first.</summary>
    public List<GraphValue> AddDown(GraphValue x)
    {
        List<GraphValue> skips = [x];
        for (var level = 0; level < _config.Levels; level++)
        {
            for (var layer = 0; layer < _config.LayersPerBlock[level]; layer++)
            {
                x = _resnet.Add(x, $"down_blocks.{level}.resnets.{layer}", _time);
                if (_config.DownAttention[level])
                    x = Transformer(level).Add(x, $"down_blocks.{level}.attentions.{layer}", _config.Channels[level], _config.Heads[level]);
                skips.Add(x);
            }

            if (level == _config.Levels - 1)
                break;
            x = _layers.Convolution(x, $"down_blocks.{level}.downsamplers.0.conv", stride: 2);
            skips.Add(x);
        }

        return skips;
    }

    /// <summary>The block at the lowest resolution.</summary>
    public GraphValue AddMiddle(GraphValue x)
    {
        var inner = _config.Levels - 1;
        x = _resnet.Add(x, "mid_block.resnets.0", _time);
        x = Transformer(inner).Add(x, "mid_block.attentions.0", _config.Channels[inner], _config.Heads[inner]);
        return _resnet.Add(x, "mid_block.resnets.1", _time);
    }

    /// <summary>The way up, which uses up <paramref name="skips"/>, and the last convolution.</summary>
    public GraphValue AddUp(GraphValue x, IReadOnlyList<GraphValue> skips)
    {
        var remaining = new Stack<GraphValue>(skips);
        for (var block = 0; block < _config.Levels; block++)
        {
            var level = _config.Levels - 1 - block;
            for (var layer = 0; layer <= _config.LayersPerBlock[level]; layer++)
            {
                x = _resnet.Add(_graph.Concat(1, x, remaining.Pop()), $"up_blocks.{block}.resnets.{layer}", _time);
                if (_config.UpAttention[block])
                    x = Transformer(level).Add(x, $"up_blocks.{block}.attentions.{layer}", _config.Channels[level], _config.Heads[level]);
            }

            if (level > 0)
                x = _layers.Convolution(_graph.UpsampleNearest(x, 2), $"up_blocks.{block}.upsamplers.0.conv");
        }

        x = _graph.Silu(_layers.GroupNormalization(x, "conv_norm_out", _config.Groups, _config.NormEpsilon));
        return _layers.Convolution(x, "conv_out");
    }

    /// <summary>Checks one weight for each setting that the graph relies on, so that a mismatch is told in the configuration's words.</summary>
    private void RequireFit()
    {
        var outer = _config.Channels[0];
        _layers.RequireShape("conv_in.weight", outer, _config.InChannels, 3, 3);
        _layers.RequireShape("time_embedding.linear_1.weight", 0, outer);
        for (var level = 0; level < _config.Levels; level++)
        {
            _layers.RequireShape($"down_blocks.{level}.resnets.{_config.LayersPerBlock[level] - 1}.conv2.weight", _config.Channels[level], _config.Channels[level], 3, 3);
            if (_config.DownAttention[level])
                _layers.RequireShape($"down_blocks.{level}.attentions.0.transformer_blocks.0.attn2.to_k.weight", 0, _config.ContextWidth);
        }

        if (_config.PooledWidth is { } pooled)
            _layers.RequireShape(_config.Class == ClassEmbedding.Linear ? "class_embedding.weight" : "class_embedding.linear_1.weight", 0, pooled);
    }

    private TransformerBlock Transformer(int level) =>
        new(_layers, _config.Groups, _config.TransformerDepth[level], _context, _config.ContextWidth);

    private GraphValue EmbedTime()
    {
        var time = _graph.Input(Time, TensorElement.Float32, "timesteps", _config.Time.Width);
        var embedded = TwoLinear(time, "time_embedding");
        if (_config.PooledWidth is not { } width)
            return embedded;
        var pooled = _graph.Input(Pooled, TensorElement.Float32, "batch", width);
        return _graph.Add(embedded, _config.Class == ClassEmbedding.Linear
            ? _layers.Linear(pooled, "class_embedding")
            : TwoLinear(pooled, "class_embedding"));
    }

    private GraphValue TwoLinear(GraphValue x, string name) =>
        _layers.Linear(_graph.Silu(_layers.Linear(x, $"{name}.linear_1")), $"{name}.linear_2");
}
