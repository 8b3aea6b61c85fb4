using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests.Networks;

/// <summary>What is said about folders that can not be used, and which variants of a configuration can.</summary>
public sealed class NetworkFolderTests : IDisposable
{
    private readonly TinyModel _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("\"act_fn\": \"silu\"", "\"act_fn\": \"gelu\"", "\"act_fn\" is \"gelu\", which is not supported; it must be silu or swish.")]
    [InlineData("\"class_embed_type\": null", "\"class_embed_type\": \"timestep\"", "\"class_embed_type\" is \"timestep\", which is not supported; it must be simple_projection or projection.")]
    [InlineData("\"addition_embed_type\": null", "\"addition_embed_type\": \"text_time\"", "\"addition_embed_type\" is \"text_time\", which is not supported; it must be null.")]
    [InlineData("\"UNetMidBlock2DCrossAttn\"", "\"UNetMidBlock2DSimpleCrossAttn\"", "\"mid_block_type\" is \"UNetMidBlock2DSimpleCrossAttn\", which is not supported; it must be UNetMidBlock2DCrossAttn.")]
    [InlineData("\"attention_head_dim\": 4", "\"attention_head_dim\": 5", "\"attention_head_dim\" is 5, which is not supported; it must be a divisor of every one of block_out_channels (32, 64, 64, 64).")]
    [InlineData("\"attention_head_dim\": 4", "\"attention_head_dim\": [4, 4]", "\"attention_head_dim\" is [4, 4], which is not supported; it must be an integer or a list of 4.")]
    [InlineData("\"norm_num_groups\": 16", "\"norm_num_groups\": 12", "\"norm_num_groups\" is 12, which is not supported; it must be a divisor of every one of block_out_channels (32, 64, 64, 64).")]
    [InlineData("\"layers_per_block\": 2", "\"layers_per_block\": \"two\"", "\"layers_per_block\" is \"two\", which is not supported; it must be an integer or a list of 4.")]
    [InlineData("\"in_channels\": 4,", "", "lacks \"in_channels\".")]
    [InlineData("\"in_channels\": 4,", "\"in_channels\": 9,", "does not fit its config.json: 'conv_in.weight' is [32,4,3,3] but should be [32,9,3,3].")]
    [InlineData("\"cross_attention_dim\": 48", "\"cross_attention_dim\": 768", "'down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight' is [32,48] but should be [*,768].")]
    [InlineData("\"layers_per_block\": 2", "\"layers_per_block\": 3", "has no tensor 'down_blocks.0.resnets.2.conv2.weight'.")]
    [InlineData("{", "", "config.json")]
    public void A_UNet_that_can_not_be_used_names_the_setting(string from, string to, string message)
    {
        _model.Change("unet/config.json", from, to);

        var error = Assert.Throws<ModelException>(() => UNet.Open(_model["unet"], NetworkOptions.Default));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_model["unet"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_networks_name_what_they_do_not_support_too()
    {
        _model.Change("vae/config.json", "\"UpDecoderBlock2D\"", "\"AttnUpDecoderBlock2D\"");
        _model.Change("text_encoder/config.json", "quick_gelu", "relu");
        _model.Change("controlnet/config.json", "\"rgb\"", "\"bgr\"");

        Assert.Contains("\"up_block_types\"", Assert.Throws<ModelException>(() => Autoencoder.Open(_model["vae"], NetworkOptions.Default)).Message, StringComparison.Ordinal);
        Assert.Contains("\"hidden_act\" is \"relu\"", Assert.Throws<ModelException>(() => TextEncoder.Open(_model["text_encoder"], NetworkOptions.Default)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "\"controlnet_conditioning_channel_order\" is \"bgr\"", Assert.Throws<ModelException>(() => ControlNet.Open(_model["controlnet"], NetworkOptions.Default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_weights_are_told()
    {
        using (var file = File.OpenWrite(_model["unet/diffusion_pytorch_model.safetensors"]))
            file.SetLength(file.Length - 1000);

        var error = Assert.Throws<ModelException>(() => UNet.Open(_model["unet"], NetworkOptions.Default));

        Assert.Contains("is truncated: tensor 'conv_out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Per_level_lists_and_newer_keys_mean_the_same_network()
    {
        using var plain = UNet.Open(_model["unet"], NetworkOptions.Default);
        _model.Change("unet/config.json", "\"attention_head_dim\": 4", "\"attention_head_dim\": 32, \"num_attention_heads\": [4, 4, 4, 4], \"transformer_layers_per_block\": 1");
        _model.Change("unet/config.json", "\"layers_per_block\": 2", "\"layers_per_block\": [2, 2, 2, 2]");
        using var listed = UNet.Open(_model["unet"], NetworkOptions.Default);

        Assert.Equal(Predict(plain).Data, Predict(listed).Data);
    }

    [Fact]
    public void What_a_UNet_is_given_must_fit_it()
    {
        using var unet = UNet.Open(_model["unet"], NetworkOptions.Default);
        FloatTensor sample = new(2, 4, 8, 8), context = new(2, 77, 48);

        Assert.Equal((4, 8, 48, null), (unet.LatentChannels, unet.LatentMultiple, unet.ContextWidth, unet.PooledWidth));
        AssertRefused("The sample is float [1,3,8,8] but must be [B,4,h,w].", () => unet.Predict(new FloatTensor(1, 3, 8, 8), [1], context));
        AssertRefused("its height and width must be multiples of 8.", () => unet.Predict(new FloatTensor(1, 4, 8, 12), [1], context));
        AssertRefused("There are 3 timesteps for 2 samples; give one, or one each.", () => unet.Predict(sample, [1, 2, 3], context));
        AssertRefused("The context is float [2,77,32] but must be [2,L,48].", () => unet.Predict(sample, [1], new FloatTensor(2, 77, 32)));
        AssertRefused("has neither 1 row nor one for each of the 2 samples.", () => unet.Predict(sample, [1], new FloatTensor(3, 77, 48)));
        AssertRefused("The pooled embedding is float [2,5] but must be null.", () => unet.Predict(sample, [1], context, new FloatTensor(2, 5)));
        AssertRefused(
            "The ControlNet gives 0 residuals but the UNet takes 12: they were made for different models.",
            () => unet.Predict(sample, [1], context, null, new ControlResiduals([], new FloatTensor(1))));
    }

    private static void AssertRefused(string message, Action action) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static FloatTensor Predict(UNet unet)
    {
        var sample = new FloatTensor(1, 4, 8, 16);
        for (var i = 0; i < sample.Length; i++)
            sample.Data[i] = MathF.Sin(i);
        return unet.Predict(sample, [500], new FloatTensor(1, 77, 48));
    }
}
