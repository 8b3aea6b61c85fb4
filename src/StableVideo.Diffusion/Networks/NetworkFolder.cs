using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>Opens one network's folder and turns what is wrong with it into a <see cref="ModelException"/>.</summary>
internal static class NetworkFolder
{
    public static T Open<T>(string folder, string weightsName, Func<NetworkConfig, TensorFile, T> open)
    {
        folder = Path.GetFullPath(folder);
        var config = NetworkConfig.Read(folder);
        using var weights = WeightsFile.Open(folder, weightsName);
        try
        {
            return open(config, weights);
        }
        catch (Exception e) when (e is TensorFileException or NetworkException)
        {
            throw new ModelException(e.Message, e);
        }
    }
}
