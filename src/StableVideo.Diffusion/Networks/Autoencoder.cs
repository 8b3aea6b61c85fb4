using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Opens autoencoders by the class their config names: AutoencoderKL or DctAutoencoder.</summary>
public static class Autoencoder
{
    /// <summary>Opens the folder that holds config.json and diffusion_pytorch_model.safetensors.</summary>
    /// <exception cref="ModelException">A file is missing or broken, or a setting is not supported.</exception>
    public static IAutoencoder Open(string folder, NetworkOptions options)
    {
        var config = NetworkConfig.Read(folder);
        return config.Text("_class_name", "AutoencoderKL") switch
        {
            "AutoencoderKL" => AutoencoderKl.Open(folder, options),
            "DctAutoencoder" => DctAutoencoder.Open(folder, options),
            _ => throw config.Unsupported("_class_name", "AutoencoderKL or DctAutoencoder"),
        };
    }
}
