using StableVideo.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(SampleFixture))]

namespace StableVideo.EndToEnd.Tests;

/// <summary>The demo clip, small, rendered and decomposed once by the commands themselves.</summary>
public sealed class SampleFixture : IAsyncLifetime
{
    public const int Frames = 12;
    public const int Width = 256;
    public const int Height = 144;

    private readonly Temporary temporary = new();

    public string Clip => temporary["sample/clip.mp4"];

    public string Mask => temporary["sample/mask.mp4"];

    /// <summary>What <c>stablevideo atlas</c> wrote.</summary>
    public string Atlas => temporary["atlas"];

    public async ValueTask InitializeAsync()
    {
        var rendered = await StableVideoProcess.RunAsync(
            temporary.Folder, "sample", "-o", "sample", "--frames", $"{Frames}", "--size", $"{Width}x{Height}");
        Assert.True(rendered.Code == 0, rendered.ToString());
        var decomposed = await StableVideoProcess.RunAsync(temporary.Folder, "atlas", Clip, "--mask", Mask, "-o", "atlas", "--store", "store", "--json");
        Assert.True(decomposed.Code == 0, decomposed.ToString());
    }

    /// <summary>A store that already holds the clip's decomposition, for one test to write into.</summary>
    public void CopyStoreTo(string folder)
    {
        var source = temporary["store"];
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public ValueTask DisposeAsync()
    {
        temporary.Dispose();
        return ValueTask.CompletedTask;
    }
}
