using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Draws the two halves of an AutoencoderKL.</summary>
internal sealed class AutoencoderKlGraph
{
    private const float NormEpsilon = 1e-6f;
    private const float MinLogVariance = -30, MaxLogVariance = 20;

    private readonly AutoencoderKlConfig _config;
    private readonly GraphBuilder _graph;
    private readonly NetworkLayers _layers;
    private readonly ResnetBlock _resnet;

    private AutoencoderKlGraph(GraphBuilder graph, TensorFile weights, AutoencoderKlConfig config)
    {
        _config = config;
        _graph = graph;
        _layers = new NetworkLayers(graph, weights);
        _resnet = new ResnetBlock(_layers, config.Groups, NormEpsilon);
    }

    /// <summary>Picture in, mean and log variance of the latent out.</summary>
    public static NetworkGraph DrawEncoder(TensorFile weights, AutoencoderKlConfig config, int pictureChannels)
    {
        var graph = new GraphBuilder("vae encoder");
        var picture = graph.Input(AutoencoderSessions.Picture, TensorElement.Float32, "batch", pictureChannels, "height", "width");
        var moments = graph.Split(new AutoencoderKlGraph(graph, weights, config).Encode(picture), axis: 1, parts: 2);
        graph.Output("mean", moments[0], "batch", config.LatentChannels, "h", "w");
        graph.Output("logvar", graph.Clip(moments[1], MinLogVariance, MaxLogVariance), "batch", config.LatentChannels, "h", "w");
        return graph.Build();
    }

    /// <summary>Latent in, picture out.</summary>
    public static NetworkGraph DrawDecoder(TensorFile weights, AutoencoderKlConfig config, int pictureChannels)
    {
        var graph = new GraphBuilder("vae decoder");
        var latent = graph.Input(AutoencoderSessions.Latent, TensorElement.Float32, "batch", config.LatentChannels, "h", "w");
        var picture = new AutoencoderKlGraph(graph, weights, config).Decode(latent);
        graph.Output(AutoencoderSessions.Picture, picture, "batch", pictureChannels, "height", "width");
        return graph.Build();
    }

    private GraphValue Encode(GraphValue x)
    {
        x = _layers.Convolution(x, "encoder.conv_in");
        for (var level = 0; level < _config.Channels.Length; level++)
        {
            for (var layer = 0; layer < _config.LayersPerBlock; layer++)
                x = _resnet.Add(x, $"encoder.down_blocks.{level}.resnets.{layer}");
            if (level < _config.Channels.Length - 1)
                x = _layers.HalvingConvolution(x, $"encoder.down_blocks.{level}.downsamplers.0.conv");
        }

        x = AddLast(AddMiddle(x, "encoder"), "encoder");
        return _layers.Convolution(x, "quant_conv", padding: 0);
    }

    private GraphValue Decode(GraphValue x)
    {
        x = _layers.Convolution(_layers.Convolution(x, "post_quant_conv", padding: 0), "decoder.conv_in");
        x = AddMiddle(x, "decoder");
        for (var block = 0; block < _config.Channels.Length; block++)
        {
            for (var layer = 0; layer <= _config.LayersPerBlock; layer++)
                x = _resnet.Add(x, $"decoder.up_blocks.{block}.resnets.{layer}");
            if (block < _config.Channels.Length - 1)
                x = _layers.Convolution(_graph.UpsampleNearest(x, 2), $"decoder.up_blocks.{block}.upsamplers.0.conv");
        }

        return AddLast(x, "decoder");
    }

    private GraphValue AddMiddle(GraphValue x, string half)
    {
        x = _resnet.Add(x, $"{half}.mid_block.resnets.0");
        x = AddAttention(x, $"{half}.mid_block.attentions.0");
        return _resnet.Add(x, $"{half}.mid_block.resnets.1");
    }

    private GraphValue AddLast(GraphValue x, string half) => _layers.Convolution(
        _graph.Silu(_layers.GroupNormalization(x, $"{half}.conv_norm_out", _config.Groups, NormEpsilon)), $"{half}.conv_out");

    /// <summary>Pixels attend to each other in one head. Older checkpoints name the four maps query, key, value and proj_attn.</summary>
    private GraphValue AddAttention(GraphValue x, string name)
    {
        var channels = _config.Channels[^1];
        var isOld = _layers.Has($"{name}.query");
        var pixels = _graph.Reshape(_layers.GroupNormalization(x, $"{name}.group_norm", _config.Groups, NormEpsilon), 0, channels, -1);
        var rows = _graph.Concat(0, _graph.ShapeOf(x, 0, 1), _graph.Integers(-1, channels));
        var tokens = _graph.Reshape(_graph.Transpose(pixels, 0, 2, 1), -1, channels);
        var attended = _graph.Attention(
            Project(tokens, isOld ? "query" : "to_q"), Project(tokens, isOld ? "key" : "to_k"), Project(tokens, isOld ? "value" : "to_v"), heads: 1);
        attended = Project(_graph.Reshape(attended, -1, channels), isOld ? "proj_attn" : "to_out.0");
        return _graph.Add(x, _graph.Reshape(_graph.Transpose(attended, 0, 2, 1), _graph.ShapeOf(x, 0, 4)));

        GraphValue Project(GraphValue values, string map) => _graph.Reshape(_layers.Linear(values, $"{name}.{map}"), rows);
    }
}
