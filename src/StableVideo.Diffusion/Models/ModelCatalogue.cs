namespace StableVideo.Diffusion;

/// <summary>Finds models by name or folder.</summary>
/// <remarks>
/// A name is a folder inside a <c>models</c> folder: beside the executable, or beside one of the folders above it, so that a checkout finds its own.
/// </remarks>
public sealed class ModelCatalogue
{
    /// <summary>Name of the model that ships with the product.</summary>
    public const string Embedded = "embedded";

    private readonly string[] _shelves;

    /// <summary>A catalogue of the <c>models</c> folders beside and above the executable.</summary>
    public ModelCatalogue()
        : this(ShelvesAbove(AppContext.BaseDirectory))
    {
    }

    /// <summary>A catalogue of given folders, each of which holds model folders; the first that has a name wins.</summary>
    public ModelCatalogue(params IEnumerable<string> shelves)
    {
        _shelves = [.. shelves.Select(Path.GetFullPath)];
    }

    /// <summary>Full path of the folder of a model.</summary>
    /// <param name="nameOrFolder"><see cref="Embedded"/>, the name of another folder beside it, or a path.</param>
    /// <exception cref="ModelException">No such model; the message names the places looked at.</exception>
    public string Resolve(string nameOrFolder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(nameOrFolder);
        var isName = Path.GetFileName(nameOrFolder) == nameOrFolder;
        if (isName && _shelves.Select(shelf => Path.Combine(shelf, nameOrFolder)).FirstOrDefault(IsModel) is { } found)
            return found;
        if (Directory.Exists(nameOrFolder))
            return Path.GetFullPath(nameOrFolder);
        throw new ModelException(isName
            ? $"There is no model \"{nameOrFolder}\": not in {string.Join(", ", _shelves.Append(Environment.CurrentDirectory))}. Give the path of a Stable Diffusion 1.x folder in diffusers layout."
            : $"The model folder {Path.GetFullPath(nameOrFolder)} does not exist. Give a Stable Diffusion 1.x folder in diffusers layout.");
    }

    /// <summary>Names of the models that lie in the catalogue's folders, in order; none of them is looked into.</summary>
    public IEnumerable<string> Names() => Folders().Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal);

    /// <summary>The models that lie in the catalogue's folders, by name.</summary>
    /// <exception cref="ModelException">A folder with a <c>model_index.json</c> can not be used.</exception>
    public IReadOnlyList<ImageModelInfo> List() =>
    [
        .. Folders()
            .Select(folder => ModelFolder.Open(folder, new ImageModelOptions()).Info)
            .OrderBy(info => info.Name, StringComparer.Ordinal),
    ];

    private IEnumerable<string> Folders() =>
        _shelves.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).Where(IsModel).DistinctBy(Path.GetFileName);

    private static bool IsModel(string folder) => File.Exists(Path.Combine(folder, "model_index.json"));

    private static IEnumerable<string> ShelvesAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (Path.Combine(folder.FullName, "models") is var shelf && Directory.Exists(shelf))
                yield return shelf;
        }
    }
}
