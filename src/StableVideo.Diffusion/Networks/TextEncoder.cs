using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Opens text encoders by the class their config names: CLIPTextModel or TokenTextEncoder.</summary>
public static class TextEncoder
{
    /// <summary>Opens the folder that holds config.json and model.safetensors.</summary>
    /// <exception cref="ModelException">A file is missing or broken, or a setting is not supported.</exception>
    public static ITextEncoder Open(string folder, NetworkOptions options) => throw new NotSupportedException();
}
