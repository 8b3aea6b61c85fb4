using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>
/// An encoder graph and a decoder graph, each loaded when first used, and the checks on what they are given.
/// </summary>
internal sealed class AutoencoderSessions(
    NetworkGraph encoder, NetworkGraph decoder, int pictureChannels, int latentChannels, int downscale, NetworkOptions options) : IDisposable
{
    public const string Picture = "picture", Latent = "latent";

    private readonly Lazy<NetworkSession> _encoder = new(() => NetworkSession.Open(encoder, options));
    private readonly Lazy<NetworkSession> _decoder = new(() => NetworkSession.Open(decoder, options));

    public FloatTensor[] Encode(FloatTensor pictures, CancellationToken cancellationToken)
    {
        if (pictures.Rank != 4 || pictures.Shape[1] != pictureChannels || pictures.Shape[2] % downscale != 0 || pictures.Shape[3] % downscale != 0)
        {
            throw new ArgumentException(
                $"The pictures are {pictures} but must be [B,{pictureChannels},H,W] with H and W multiples of {downscale}.", nameof(pictures));
        }

        return _encoder.Value.Run(cancellationToken, (Picture, pictures));
    }

    public FloatTensor Decode(FloatTensor latents, CancellationToken cancellationToken)
    {
        if (latents.Rank != 4 || latents.Shape[1] != latentChannels)
            throw new ArgumentException($"The latents are {latents} but must be [B,{latentChannels},h,w].", nameof(latents));
        return _decoder.Value.Run(cancellationToken, (Latent, latents))[0];
    }

    public void Dispose()
    {
        foreach (var session in new[] { _encoder, _decoder })
        {
            if (session.IsValueCreated)
                session.Value.Dispose();
        }
    }
}
