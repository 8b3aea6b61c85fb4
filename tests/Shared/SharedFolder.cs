namespace StableVideo.Tests;

/// <summary>Finds the optional folder of clips and golden fixtures that lies beside the checkout.</summary>
internal static class SharedFolder
{
    /// <summary>Full path of <paramref name="relativePath"/> inside the folder; skips the running test, with a reason, where it is absent.</summary>
    public static string Require(string relativePath)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", relativePath);
            if (Path.Exists(candidate))
                return candidate;
        }

        Assert.Skip($"Needs shared/{relativePath}, which is not beside this checkout.");
        return relativePath;
    }
}
