namespace StableVideo.Tests;

/// <summary>Programs that were built together with the tests.</summary>
internal static class BuiltHost
{
    /// <summary>Full path of the assembly of a host project of <c>src</c>, to be run with <c>dotnet</c>.</summary>
    public static string PathOf(string project)
    {
        var tests = Path.Combine("tests", typeof(BuiltHost).Assembly.GetName().Name!);
        return Path.Combine(AppContext.BaseDirectory.Replace(tests, Path.Combine("src", project), StringComparison.Ordinal), project + ".dll");
    }
}
