using System.Xml.Linq;

namespace StableVideo.Tests.Architecture;

/// <summary>Who may look at whom, checked in the project files.</summary>
public sealed class HouseRulesTests
{
    private static readonly Dictionary<string, string[]> AllowedProjects = new()
    {
        ["Imaging"] = [],
        ["Onnx"] = [],
        ["Storage"] = [],
        ["Atlas"] = ["Imaging"],
        ["Diffusion"] = ["Onnx", "Imaging"],
        ["Editing"] = ["Atlas", "Diffusion", "Imaging", "Onnx", "Storage"],
        ["Cluster.Contracts"] = [],
        ["Cluster"] = ["Cluster.Contracts", "Editing", "Storage"],
        ["Client"] = [],
        ["Web"] = ["Client", "Cluster.Contracts", "Imaging", "Storage"],
        ["Hosting"] = ["Storage"],
        ["Silo"] = ["Cluster", "Hosting"],
        ["Gateway"] = ["Web", "Hosting"],
        ["Cli"] = ["Client", "Cluster", "Web", "Hosting"],
    };

    // The only projects that may reference packages whose name starts so.
    private static readonly Dictionary<string, string[]> PackageOwners = new()
    {
        ["Microsoft.Orleans."] = ["Cluster.Contracts", "Cluster", "Web", "Silo", "Gateway", "Cli"],
        ["OpenCvSharp4"] = ["Imaging"],
        ["FFMpegCore"] = ["Imaging"],
        ["Microsoft.ML.OnnxRuntime"] = ["Onnx"],
        ["Microsoft.ML.Tokenizers"] = ["Diffusion"],
        ["Google.Protobuf"] = ["Onnx"],
        ["Azure."] = ["Storage"],
        ["OpenTelemetry"] = ["Hosting"],
        ["StackExchange.Redis"] = ["Hosting"],
        ["System.CommandLine"] = ["Cli"],
        ["Spectre.Console"] = ["Cli"],
        ["Microsoft.Extensions.Hosting"] = ["Cluster", "Silo", "Gateway", "Cli"],
        ["Microsoft.AspNetCore"] = ["Web"],
    };

    public static TheoryData<string> Projects => [.. Repository.SourceProjects.Keys];

    [Fact]
    public void The_house_has_exactly_the_rooms_drawn() => Assert.Equal(AllowedProjects.Keys.Order(), Repository.SourceProjects.Keys.Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_lies_below_it(string project)
    {
        var forbidden = References(project, "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["StableVideo.".Length..])
            .Except(AllowedProjects.GetValueOrDefault(project, []));

        Assert.Empty(forbidden);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_package_is_referenced_only_where_it_lives(string project)
    {
        var forbidden = References(project, "PackageReference")
            .Where(package => PackageOwners.Any(owner => package.StartsWith(owner.Key, StringComparison.Ordinal) && !owner.Value.Contains(project)));

        Assert.Empty(forbidden);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_takes_versions_and_rules_from_the_house(string project)
    {
        var file = XDocument.Load(Repository.SourceProjects[project]);
        string[] settled = ["Nullable", "TreatWarningsAsErrors", "TargetFramework", "AnalysisLevel", "NoWarn", "WarningLevel"];

        Assert.DoesNotContain(file.Descendants(), element => settled.Contains(element.Name.LocalName));
        Assert.DoesNotContain(file.Descendants("PackageReference"), package => package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_that_computes_does_not_name_what_it_must_not_know(string project)
    {
        var forbidden = project switch
        {
            "Editing" or "Atlas" or "Diffusion" or "Imaging" or "Onnx" or "Storage" => new[] { "using Orleans", "using Microsoft.AspNetCore", "using System.Net.Http" },
            "Cluster" or "Cluster.Contracts" => ["using Microsoft.AspNetCore.Http", "using Microsoft.AspNetCore.Mvc", "using System.Net.Http"],
            "Gateway" or "Web" => ["using StableVideo.Editing", "using OpenCvSharp"],
            "Client" => ["using Microsoft.AspNetCore", "using Orleans"],
            _ => [],
        };

        var found = Repository.SourceFiles(project)
            .SelectMany(file => File.ReadLines(file).Where(line => forbidden.Any(line.StartsWith)).Select(line => $"{Path.GetFileName(file)}: {line}"));
        Assert.Empty(found);
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Repository.SourceProjects[project]).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);
}
