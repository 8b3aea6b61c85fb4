namespace StableVideo.Diffusion;

/// <summary>Finds models by name or folder.</summary>
public sealed class ModelCatalogue
{
    /// <summary>Name of the model that ships with the product.</summary>
    public const string Embedded = "embedded";

    /// <summary>Full path of the folder of a model.</summary>
    /// <param name="nameOrFolder"><see cref="Embedded"/>, the name of another folder beside it, or a path.</param>
    /// <exception cref="ModelException">No such model; the message names the places looked at.</exception>
    public string Resolve(string nameOrFolder) => throw new NotSupportedException();

    /// <summary>The models that lie in the catalogue's folders, by name.</summary>
    public IReadOnlyList<ImageModelInfo> List() => throw new NotSupportedException();
}
