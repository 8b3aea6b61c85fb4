using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Opens text encoders by the class their config names: CLIPTextModel or TokenTextEncoder.</summary>
public static class TextEncoder
{
    /// <summary>Opens the folder that holds config.json and model.safetensors.</summary>
    /// <exception cref="ModelException">A file is missing or broken, or a setting is not supported.</exception>
    public static ITextEncoder Open(string folder, NetworkOptions options)
    {
        var config = NetworkConfig.Read(folder);
        return ClassName(config) switch
        {
            "CLIPTextModel" => ClipTextEncoder.Open(folder, options),
            "TokenTextEncoder" => TokenTextEncoder.Open(folder),
            _ => throw config.Unsupported("_class_name", "CLIPTextModel or TokenTextEncoder"),
        };
    }

    /// <summary>transformers' configs say "architectures" instead of diffusers' "_class_name".</summary>
    private static string ClassName(NetworkConfig config) =>
        !config.IsNull("_class_name") ? config.Text("_class_name")
        : !config.IsNull("architectures") ? config.Texts("architectures").FirstOrDefault("")
        : "CLIPTextModel";
}
