namespace StableVideo.Diffusion;

/// <summary>Files of a model folder.</summary>
internal static class ModelFile
{
    /// <summary>Path of a file that must be there.</summary>
    /// <exception cref="ModelException">It is not; the message names the folder that lacks it.</exception>
    public static string Require(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
            return path;
        throw new ModelException(Directory.Exists(folder)
            ? $"The model folder {folder} lacks {name}."
            : $"The model folder {folder} does not exist; it should hold {name}.");
    }
}
