using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Finds and opens the weights of one network folder.</summary>
internal static class WeightsFile
{
    public const string DiffusersName = "diffusion_pytorch_model";
    public const string TransformersName = "model";

    /// <summary>Path of NAME.safetensors, or of the half-precision variant NAME.fp16.safetensors.</summary>
    /// <exception cref="ModelException">Neither is there.</exception>
    public static string Find(string folder, string name)
    {
        string[] candidates = [Path.Combine(folder, $"{name}.safetensors"), Path.Combine(folder, $"{name}.fp16.safetensors")];
        if (candidates.FirstOrDefault(File.Exists) is { } path)
            return path;
        var hint = Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.bin").Any()
            ? " It only has PyTorch weights (.bin): get the .safetensors version of the model."
            : "";
        throw new ModelException($"{folder} has no {name}.safetensors.{hint}");
    }

    /// <summary>Opens the file that <see cref="Find"/> finds.</summary>
    public static TensorFile Open(string folder, string name)
    {
        var path = Find(folder, name);
        try
        {
            return TensorFile.Open(path);
        }
        catch (TensorFileException e)
        {
            throw new ModelException(e.Message, e);
        }
    }
}
