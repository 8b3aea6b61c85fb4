using StableVideo.Diffusion.Networks;

namespace StableVideo.Diffusion;

/// <summary>The opened networks of a model folder.</summary>
internal sealed class ModelNetworks : IDisposable
{
    private readonly Stack<IDisposable> _opened = [];

    public ModelNetworks(ModelFolder folder, ImageModelOptions options)
    {
        try
        {
            TextEncoder = Opened(Networks.TextEncoder.Open(folder.TextEncoder, options.Network));
            Denoiser = Opened(UNet.Open(folder.UNet, options.Network));
            ControlNet = folder.ControlNet is { } controlNet ? Opened(Networks.ControlNet.Open(controlNet, options.Network)) : null;
            Autoencoder = Opened(Networks.Autoencoder.Open(folder.Autoencoder, options.Network));
            Step = new DenoisingStep(Denoiser, ControlNet);
            Structure = Opened(StructureGuidance.Open(folder.Structure, options.Network));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ITextEncoder TextEncoder { get; }

    public IDenoiser Denoiser { get; }

    public ControlNet? ControlNet { get; }

    public DenoisingStep Step { get; }

    public IAutoencoder Autoencoder { get; }

    public StructureGuidance Structure { get; }

    public void Dispose()
    {
        while (_opened.TryPop(out var part))
            part.Dispose();
    }

    private T Opened<T>(T part)
        where T : IDisposable
    {
        _opened.Push(part);
        return part;
    }
}
