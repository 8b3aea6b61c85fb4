using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>The embedded model's autoencoder: a fixed linear transform of square patches into their strongest frequencies, and back.</summary>
internal sealed class DctAutoencoder : IAutoencoder
{
    private readonly AutoencoderSessions _sessions;

    private DctAutoencoder(NetworkConfig config, TensorFile weights, NetworkOptions options)
    {
        var pictureChannels = config.Integer("in_channels", 3);
        LatentChannels = config.Integer("latent_channels");
        Downscale = config.Integer("patch_size");
        Scale = config.Number("scaling_factor", 1);
        var encoder = Draw("dct encoder", AutoencoderSessions.Picture, pictureChannels, AutoencoderSessions.Latent, LatentChannels, (graph, x) =>
            graph.Convolution(x, graph.Weight(weights, "encoder.weight"), stride: Downscale));
        var decoder = Draw("dct decoder", AutoencoderSessions.Latent, LatentChannels, AutoencoderSessions.Picture, pictureChannels, (graph, x) =>
            graph.TransposedConvolution(x, graph.Weight(weights, "decoder.weight"), default, Downscale));
        _sessions = new AutoencoderSessions(encoder, decoder, pictureChannels, LatentChannels, Downscale, options);
    }

    public int LatentChannels { get; }

    public int Downscale { get; }

    public float Scale { get; }

    public static IAutoencoder Open(string folder, NetworkOptions options) => NetworkFolder.Open<IAutoencoder>(
        folder, WeightsFile.DiffusersName, (config, weights) => new DctAutoencoder(config, weights, options));

    public LatentDistribution Encode(FloatTensor pictures, CancellationToken cancellationToken = default) =>
        new(_sessions.Encode(pictures, cancellationToken)[0], LogVariance: null);

    public FloatTensor Decode(FloatTensor latents, CancellationToken cancellationToken = default) => _sessions.Decode(latents, cancellationToken);

    public void Dispose() => _sessions.Dispose();

    private static NetworkGraph Draw(
        string name, string input, int inputChannels, string output, int outputChannels, Func<GraphBuilder, GraphValue, GraphValue> layer)
    {
        var graph = new GraphBuilder(name);
        var x = graph.Input(input, TensorElement.Float32, "batch", inputChannels, "height", "width");
        graph.Output(output, layer(graph, x), "batch", outputChannels, "out_height", "out_width");
        return graph.Build();
    }
}
