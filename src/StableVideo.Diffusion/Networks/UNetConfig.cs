namespace StableVideo.Diffusion.Networks;

/// <summary>The settings that shape a UNet2DConditionModel or a ControlNetModel of the Stable Diffusion 1.x family.</summary>
internal sealed record UNetConfig
{
    private static readonly string[] DownBlocks = ["DownBlock2D", "CrossAttnDownBlock2D"];
    private static readonly string[] UpBlocks = ["UpBlock2D", "CrossAttnUpBlock2D"];

    public required int InChannels { get; init; }

    public required int OutChannels { get; init; }

    /// <summary>Channels of each level, outermost first.</summary>
    public required int[] Channels { get; init; }

    public required int[] LayersPerBlock { get; init; }

    /// <summary>Attention heads of each level. diffusers calls this "attention_head_dim" and means the number of heads.</summary>
    public required int[] Heads { get; init; }

    /// <summary>Transformer layers of each attention block, per level.</summary>
    public required int[] TransformerDepth { get; init; }

    /// <summary>Whether each level of the way down attends to the text.</summary>
    public required bool[] DownAttention { get; init; }

    /// <summary>Whether each level of the way up attends to the text, innermost first.</summary>
    public required bool[] UpAttention { get; init; }

    public required int Groups { get; init; }

    public required float NormEpsilon { get; init; }

    public required int ContextWidth { get; init; }

    public required TimeEmbedding Time { get; init; }

    public required ClassEmbedding Class { get; init; }

    /// <summary>Input width of the class embedding, or null where there is none.</summary>
    public required int? PooledWidth { get; init; }

    /// <summary>Number of levels.</summary>
    public int Levels => Channels.Length;

    /// <summary>Skip connections: the first convolution's, one for each layer, and one for each halving.</summary>
    public int Skips => LayersPerBlock.Sum() + Levels;

    /// <summary>Halvings on the way down give the multiple that heights and widths must have.</summary>
    public int LatentMultiple => 1 << (Levels - 1);

    public static UNetConfig Read(NetworkConfig config)
    {
        RefuseUnsupported(config);
        var channels = config.Integers("block_out_channels");
        var levels = channels.Length;
        var down = BlockTypes(config, "down_block_types", DownBlocks, levels);
        var isControlNet = config.IsNull("up_block_types");
        var classEmbedding = ReadClassEmbedding(config);
        var groups = config.Integer("norm_num_groups", 32);
        if (channels.Any(count => count % groups != 0))
            throw config.Unsupported("norm_num_groups", $"a divisor of every one of block_out_channels ({string.Join(", ", channels)})");
        var headsKey = config.IsNull("num_attention_heads") ? "attention_head_dim" : "num_attention_heads";
        var heads = config.Integers(headsKey, levels, 8);
        if (channels.Where((count, level) => count % heads[level] != 0).Any())
            throw config.Unsupported(headsKey, $"a divisor of every one of block_out_channels ({string.Join(", ", channels)})");
        return new UNetConfig
        {
            InChannels = config.Integer("in_channels"),
            OutChannels = isControlNet ? 0 : config.Integer("out_channels"),
            Channels = channels,
            LayersPerBlock = config.Integers("layers_per_block", levels, 2),
            Heads = heads,
            TransformerDepth = config.Integers("transformer_layers_per_block", levels, 1),
            DownAttention = [.. down.Select(type => type == DownBlocks[1])],
            UpAttention = isControlNet ? [] : [.. BlockTypes(config, "up_block_types", UpBlocks, levels).Select(type => type == UpBlocks[1])],
            Groups = groups,
            NormEpsilon = config.Number("norm_eps", 1e-5f),
            ContextWidth = config.Integer("cross_attention_dim", 1280),
            Time = new TimeEmbedding(channels[0], config.Flag("flip_sin_to_cos", true), config.Number("freq_shift", 0)),
            Class = classEmbedding,
            PooledWidth = classEmbedding == ClassEmbedding.None ? null : config.Integer("projection_class_embeddings_input_dim"),
        };
    }

    private static ClassEmbedding ReadClassEmbedding(NetworkConfig config)
    {
        config.Require("class_embed_type", "simple_projection", "projection");
        return config.IsNull("class_embed_type") ? ClassEmbedding.None
            : config.Text("class_embed_type") == "projection" ? ClassEmbedding.TwoLinear
            : ClassEmbedding.Linear;
    }

    private static string[] BlockTypes(NetworkConfig config, string key, string[] supported, int levels)
    {
        var types = config.Texts(key);
        if (types.Length != levels)
            throw config.Unsupported(key, $"one type for each of the {levels} block_out_channels");
        if (types.Any(type => !supported.Contains(type)))
            throw config.Unsupported(key, $"made of {string.Join(" and ", supported)}");
        return types;
    }

    private static void RefuseUnsupported(NetworkConfig config)
    {
        config.Require("mid_block_type", "UNetMidBlock2DCrossAttn");
        config.Require("act_fn", "silu", "swish");
        config.Require("center_input_sample", "false");
        config.Require("downsample_padding", "1");
        config.Require("mid_block_scale_factor", "1", "1.0");
        config.Require("only_cross_attention", "false");
        config.Require("mid_block_only_cross_attention", "false");
        config.Require("dual_cross_attention", "false");
        config.Require("encoder_hid_dim");
        config.Require("encoder_hid_dim_type");
        config.Require("addition_embed_type");
        config.Require("num_class_embeds");
        config.Require("class_embeddings_concat", "false");
        config.Require("cross_attention_norm");
        config.Require("resnet_time_scale_shift", "default");
        config.Require("resnet_skip_time_act", "false");
        config.Require("resnet_out_scale_factor", "1", "1.0");
        config.Require("time_embedding_type", "positional");
        config.Require("time_embedding_dim");
        config.Require("time_embedding_act_fn");
        config.Require("timestep_post_act");
        config.Require("time_cond_proj_dim");
        config.Require("conv_in_kernel", "3");
        config.Require("conv_out_kernel", "3");
        config.Require("attention_type", "default");
        config.Require("reverse_transformer_layers_per_block");
    }
}

/// <summary>How a pooled text embedding enters the time embedding.</summary>
internal enum ClassEmbedding
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>"simple_projection": one linear map.</summary>
    Linear,

    /// <summary>"projection": linear, SiLU, linear.</summary>
    TwoLinear,
}
