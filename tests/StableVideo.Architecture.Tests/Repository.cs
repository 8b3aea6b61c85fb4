namespace StableVideo.Tests.Architecture;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Project files under <c>src</c> by name without <c>StableVideo.</c>.</summary>
    public static IReadOnlyDictionary<string, string> SourceProjects { get; } = Directory
        .EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path)["StableVideo.".Length..]);

    /// <summary>The C# files that people wrote for a project.</summary>
    public static IEnumerable<string> SourceFiles(string project)
    {
        var folder = Path.GetDirectoryName(SourceProjects[project])!;
        string[] built = [Path.Combine(folder, "obj") + Path.DirectorySeparatorChar, Path.Combine(folder, "bin") + Path.DirectorySeparatorChar];
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => !built.Any(file.StartsWith));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StableVideo.Cluster.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not lie in a checkout: no StableVideo.Cluster.sln above them.");
    }
}
