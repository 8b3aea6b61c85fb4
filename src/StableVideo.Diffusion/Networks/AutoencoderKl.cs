using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>diffusers' AutoencoderKL, Stable Diffusion's VAE.</summary>
internal sealed class AutoencoderKl : IAutoencoder
{
    private const float DefaultScale = 0.18215f;

    private readonly AutoencoderSessions _sessions;

    private AutoencoderKl(NetworkConfig config, TensorFile weights, NetworkOptions options)
    {
        var shape = AutoencoderKlConfig.Read(config);
        LatentChannels = shape.LatentChannels;
        Downscale = shape.Downscale;
        Scale = config.Number("scaling_factor", DefaultScale);
        var pictureChannels = config.Integer("in_channels", 3);
        _sessions = new AutoencoderSessions(
            AutoencoderKlGraph.DrawEncoder(weights, shape, pictureChannels),
            AutoencoderKlGraph.DrawDecoder(weights, shape, config.Integer("out_channels", 3)),
            pictureChannels,
            LatentChannels,
            Downscale,
            options);
    }

    public int LatentChannels { get; }

    public int Downscale { get; }

    public float Scale { get; }

    public static IAutoencoder Open(string folder, NetworkOptions options) => NetworkFolder.Open<IAutoencoder>(
        folder, WeightsFile.DiffusersName, (config, weights) => new AutoencoderKl(config, weights, options));

    public LatentDistribution Encode(FloatTensor pictures, CancellationToken cancellationToken = default)
    {
        var moments = _sessions.Encode(pictures, cancellationToken);
        return new LatentDistribution(moments[0], moments[1]);
    }

    public FloatTensor Decode(FloatTensor latents, CancellationToken cancellationToken = default) => _sessions.Decode(latents, cancellationToken);

    public void Dispose() => _sessions.Dispose();
}
