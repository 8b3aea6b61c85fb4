using System.Text.RegularExpressions;

namespace StableVideo.Tests.Architecture;

/// <summary>Names say what a thing does; files stay small.</summary>
public sealed partial class NamesTests
{
    private const int LongestFile = 300;

    public static TheoryData<string> Projects => [.. Repository.SourceProjects.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_file_or_type_is_named_for_nothing_in_particular(string project)
    {
        var files = Repository.SourceFiles(project).Where(file => EmptyName().IsMatch(Path.GetFileNameWithoutExtension(file).Split('.')[0])).Select(Path.GetFileName);
        var types = Repository.SourceFiles(project).SelectMany(file => TypeDeclaration().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["name"].Value)
            .Where(name => EmptyName().IsMatch(name));

        Assert.Empty(files);
        Assert.Empty(types);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Files_hold_one_idea_each(string project)
    {
        var longer = Repository.SourceFiles(project)
            .Select(file => (Name: Path.GetFileName(file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > LongestFile);

        Assert.Empty(longer);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Nothing_unfinished_is_delivered(string project)
    {
        var unfinished = Repository.SourceFiles(project)
            .SelectMany(file => File.ReadLines(file).Where(line => Unfinished().IsMatch(line)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));

        Assert.Empty(unfinished);
    }

    [Fact]
    public void Every_source_project_has_its_tests()
    {
        string[] composed = ["Cluster.Contracts", "Silo"];
        var missing = Repository.SourceProjects.Keys.Except(composed)
            .Where(project => !File.Exists(Path.Combine(Repository.Root, "tests", $"StableVideo.{project}.Tests", $"StableVideo.{project}.Tests.csproj")));

        Assert.Empty(missing);
    }

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utility|Utilities|Misc|Common)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|NotImplementedException")]
    private static partial Regex Unfinished();
}
