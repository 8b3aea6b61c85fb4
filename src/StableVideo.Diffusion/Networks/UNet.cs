using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' UNet2DConditionModel of the Stable Diffusion 1.x family.</summary>
public sealed class UNet : IDenoiser
{
    private readonly UNetConfig _config;
    private readonly Lazy<NetworkSession> _plain;
    private readonly Lazy<NetworkSession> _controlled;

    private UNet(UNetConfig config, TensorFile weights, NetworkOptions options)
    {
        _config = config;
        // Drawn now, so that a missing weight is reported by Open; loaded when first needed, because a run uses only one of the two.
        var plain = Draw(config, weights, controlled: false);
        var controlled = Draw(config, weights, controlled: true);
        _plain = new Lazy<NetworkSession>(() => NetworkSession.Open(plain, options));
        _controlled = new Lazy<NetworkSession>(() => NetworkSession.Open(controlled, options));
    }

    /// <inheritdoc/>
    public int LatentChannels => _config.InChannels;

    /// <inheritdoc/>
    public int LatentMultiple => _config.LatentMultiple;

    /// <inheritdoc/>
    public int ContextWidth => _config.ContextWidth;

    /// <inheritdoc/>
    public int? PooledWidth => _config.PooledWidth;

    /// <summary>Opens the folder that holds config.json and diffusion_pytorch_model.safetensors.</summary>
    /// <exception cref="ModelException">A file is missing or broken, or a setting is not supported.</exception>
    public static UNet Open(string folder, NetworkOptions options) => NetworkFolder.Open(
        folder, WeightsFile.DiffusersName, (config, weights) => new UNet(UNetConfig.Read(config), weights, options));

    /// <inheritdoc/>
    public FloatTensor Predict(
        FloatTensor sample,
        ReadOnlySpan<float> timesteps,
        FloatTensor context,
        FloatTensor? pooled = null,
        ControlResiduals? control = null,
        CancellationToken cancellationToken = default)
    {
        var inputs = DenoisingInputs.Collect(_config, sample, timesteps, context, pooled);
        if (control is null)
            return _plain.Value.Run(cancellationToken, [.. inputs])[0];
        if (control.Down.Count != _config.Skips)
        {
            throw new ArgumentException(
                $"The ControlNet gives {control.Down.Count} residuals but the UNet takes {_config.Skips}: they were made for different models.", nameof(control));
        }

        for (var i = 0; i < control.Down.Count; i++)
            inputs.Add((UNetGraph.Down(i), control.Down[i]));
        inputs.Add((UNetGraph.Mid, control.Mid));
        return _controlled.Value.Run(cancellationToken, [.. inputs])[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in new[] { _plain, _controlled })
        {
            if (session.IsValueCreated)
                session.Value.Dispose();
        }
    }

    private static NetworkGraph Draw(UNetConfig config, TensorFile weights, bool controlled)
    {
        var graph = new GraphBuilder("unet");
        var unet = new UNetGraph(graph, weights, config);
        var skips = unet.AddDown(unet.Layers.Convolution(unet.SampleInput, "conv_in"));
        var x = unet.AddMiddle(skips[^1]);
        if (controlled)
        {
            for (var i = 0; i < skips.Count; i++)
                skips[i] = graph.Add(skips[i], graph.Input(UNetGraph.Down(i), TensorElement.Float32, "batch", $"channels.{i}", $"height.{i}", $"width.{i}"));
            x = graph.Add(x, graph.Input(UNetGraph.Mid, TensorElement.Float32, "batch", config.Channels[^1], "height.mid", "width.mid"));
        }

        graph.Output(UNetGraph.Noise, unet.AddUp(x, skips), "batch", config.OutChannels, "height", "width");
        return graph.Build();
    }
}
