namespace StableVideo.Tests;

/// <summary>Programs that were built together with the tests.</summary>
internal static class BuiltHost
{
    /// <summary>Full path of the assembly of a host project of <c>src</c>, to be run with <c>dotnet</c>.</summary>
    /// <param name="project">The project.</param>
    /// <param name="assembly">The assembly's name where it is not the project's.</param>
    public static string PathOf(string project, string? assembly = null)
    {
        var tests = Path.Combine("tests", typeof(BuiltHost).Assembly.GetName().Name!);
        return Path.Combine(AppContext.BaseDirectory.Replace(tests, Path.Combine("src", project), StringComparison.Ordinal), (assembly ?? project) + ".dll");
    }
}
