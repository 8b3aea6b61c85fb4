namespace StableVideo.Diffusion.Networks;

/// <summary>The settings that shape an AutoencoderKL.</summary>
/// <param name="Channels">Channels of each level, outermost first.</param>
/// <param name="LayersPerBlock">Residual blocks of each level of the encoder; the decoder has one more.</param>
/// <param name="Groups">Groups of the normalisations.</param>
/// <param name="LatentChannels">Channels of a latent.</param>
internal sealed record AutoencoderKlConfig(int[] Channels, int LayersPerBlock, int Groups, int LatentChannels)
{
    public int Downscale => 1 << (Channels.Length - 1);

    public static AutoencoderKlConfig Read(NetworkConfig config)
    {
        config.Require("act_fn", "silu", "swish");
        config.Require("use_quant_conv", "true");
        config.Require("use_post_quant_conv", "true");
        config.Require("mid_block_add_attention", "true");
        config.Require("shift_factor");
        var channels = config.Integers("block_out_channels");
        RequireBlocks(config, "down_block_types", "DownEncoderBlock2D", channels.Length);
        RequireBlocks(config, "up_block_types", "UpDecoderBlock2D", channels.Length);
        return new AutoencoderKlConfig(channels, config.Integer("layers_per_block", 1), config.Integer("norm_num_groups", 32), config.Integer("latent_channels", 4));
    }

    private static void RequireBlocks(NetworkConfig config, string key, string type, int count)
    {
        var types = config.Texts(key);
        if (types.Length != count || types.Any(t => t != type))
            throw config.Unsupported(key, $"{count} times {type}, once for each of block_out_channels");
    }
}
