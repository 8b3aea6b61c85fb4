using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' ControlNetModel: turns a structure picture into residuals for a <see cref="UNet"/>.</summary>
public sealed class ControlNet : IDisposable
{
    private const string Picture = "picture", Embedding = "embedding", Scale = "scale";

    private readonly UNetConfig _config;
    private readonly NetworkSession _embed;
    private readonly NetworkSession _predict;

    private ControlNet(NetworkConfig config, TensorFile weights, NetworkOptions options)
    {
        config.Require("controlnet_conditioning_channel_order", "rgb");
        config.Require("global_pool_conditions", "false");
        _config = UNetConfig.Read(config);
        ConditioningChannels = config.Integer("conditioning_channels", 3);
        var widths = config.IsNull("conditioning_embedding_out_channels") ? [16, 32, 96, 256] : config.Integers("conditioning_embedding_out_channels");
        Downscale = 1 << (widths.Length - 1);
        _embed = NetworkSession.Open(DrawEmbedding(weights, ConditioningChannels, widths.Length), options);
        _predict = NetworkSession.Open(DrawResiduals(_config, weights), options);
    }

    /// <summary>Channels of the structure picture.</summary>
    public int ConditioningChannels { get; }

    /// <summary>Picture pixels per latent pixel along each side.</summary>
    public int Downscale { get; }

    /// <summary>Opens the folder that holds config.json and diffusion_pytorch_model.safetensors.</summary>
    /// <exception cref="ModelException">A file is missing or broken, or a setting is not supported.</exception>
    public static ControlNet Open(string folder, NetworkOptions options) =>
        NetworkFolder.Open(folder, WeightsFile.DiffusersName, (config, weights) => new ControlNet(config, weights, options));

    /// <summary>
    /// Embeds the structure picture [B,3,H,W] in 0..1 into [B,C,H/Downscale,W/Downscale]. It does not depend on the timestep: do it once before the loop.
    /// </summary>
    /// <exception cref="ArgumentException">Another shape.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public FloatTensor Embed(FloatTensor picture, CancellationToken cancellationToken = default)
    {
        if (picture.Rank != 4 || picture.Shape[1] != ConditioningChannels || picture.Shape[2] % Downscale != 0 || picture.Shape[3] % Downscale != 0)
        {
            throw new ArgumentException(
                $"The structure picture is {picture} but must be [B,{ConditioningChannels},H,W] with H and W multiples of {Downscale}.", nameof(picture));
        }

        return _embed.Run(cancellationToken, (Picture, picture))[0];
    }

    /// <summary>Computes the residuals of one denoising step.</summary>
    /// <param name="sample">[B,C,h,w], as for <see cref="UNet.Predict"/>.</param>
    /// <param name="timesteps">One training timestep for all rows, or B of them.</param>
    /// <param name="context">[B,L,D] or [1,L,D].</param>
    /// <param name="pooled">[B,P] where the model takes one, otherwise null.</param>
    /// <param name="embedding">What <see cref="Embed"/> returned: B rows, or one for all.</param>
    /// <param name="scales">Conditioning scale the residuals are multiplied by, usually 0..2: one for all rows, or B of them.</param>
    /// <param name="cancellationToken">Ends the run before its next operator.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit the model or each other.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ControlResiduals Predict(
        FloatTensor sample,
        ReadOnlySpan<float> timesteps,
        FloatTensor context,
        FloatTensor? pooled,
        FloatTensor embedding,
        ReadOnlySpan<float> scales,
        CancellationToken cancellationToken = default)
    {
        var inputs = DenoisingInputs.Collect(_config, sample, timesteps, context, pooled);
        if (embedding.Rank != 4 || embedding.Shape[2] != sample.Shape[2] || embedding.Shape[3] != sample.Shape[3])
            throw new ArgumentException($"The structure embedding is {embedding} and does not fit the sample {sample}.", nameof(embedding));
        if (scales.Length != 1 && scales.Length != sample.Shape[0])
            throw new ArgumentException($"There are {scales.Length} scales for {sample.Shape[0]} samples; give one, or one each.", nameof(scales));
        inputs.Add((Embedding, embedding));
        inputs.Add((Scale, new FloatTensor(scales.ToArray(), scales.Length, 1, 1, 1)));
        var residuals = _predict.Run(cancellationToken, [.. inputs]);
        return new ControlResiduals(residuals[..^1], residuals[^1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _embed.Dispose();
        _predict.Dispose();
    }

    /// <summary>Convolutions that halve the picture between each pair of widths, each but the last followed by SiLU.</summary>
    private static NetworkGraph DrawEmbedding(TensorFile weights, int channels, int widthCount)
    {
        var graph = new GraphBuilder("controlnet embedding");
        var layers = new NetworkLayers(graph, weights);
        var x = graph.Input(Picture, TensorElement.Float32, "batch", channels, "height", "width");
        x = graph.Silu(layers.Convolution(x, "controlnet_cond_embedding.conv_in"));
        for (var i = 0; i < 2 * (widthCount - 1); i++)
            x = graph.Silu(layers.Convolution(x, $"controlnet_cond_embedding.blocks.{i}", stride: 1 + (i % 2)));
        graph.Output(Embedding, layers.Convolution(x, "controlnet_cond_embedding.conv_out"), "batch", "channels", "h", "w");
        return graph.Build();
    }

    private static NetworkGraph DrawResiduals(UNetConfig config, TensorFile weights)
    {
        var graph = new GraphBuilder("controlnet");
        var unet = new UNetGraph(graph, weights, config);
        var embedding = graph.Input(Embedding, TensorElement.Float32, "pictures", config.Channels[0], "height", "width");
        var scale = graph.Input(Scale, TensorElement.Float32, "scales", 1, 1, 1);
        var skips = unet.AddDown(graph.Add(unet.Layers.Convolution(unet.SampleInput, "conv_in"), embedding));
        var middle = unet.AddMiddle(skips[^1]);
        for (var i = 0; i < skips.Count; i++)
            AddOutput(UNetGraph.Down(i), skips[i], $"controlnet_down_blocks.{i}");
        AddOutput(UNetGraph.Mid, middle, "controlnet_mid_block");
        return graph.Build();

        void AddOutput(string output, GraphValue x, string name) => graph.Output(
            output, graph.Multiply(unet.Layers.Convolution(x, name, padding: 0), scale), "batch", $"channels.{output}", $"height.{output}", $"width.{output}");
    }
}
