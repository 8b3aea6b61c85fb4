using StableVideo.EndToEnd.Tests;

[assembly: AssemblyFixture(typeof(SampleFixture))]

namespace StableVideo.EndToEnd.Tests;

/// <summary>The demo clip, small, rendered once by the command itself.</summary>
public sealed class SampleFixture : IAsyncLifetime
{
    public const int Frames = 12;
    public const int Width = 256;
    public const int Height = 144;

    private readonly Temporary temporary = new();

    public string Clip => temporary["sample/clip.mp4"];

    public string Mask => temporary["sample/mask.mp4"];

    public async ValueTask InitializeAsync()
    {
        var finished = await StableVideoProcess.RunAsync(
            temporary.Folder, "sample", "-o", "sample", "--frames", $"{Frames}", "--size", $"{Width}x{Height}");
        Assert.True(finished.Code == 0, finished.ToString());
    }

    public ValueTask DisposeAsync()
    {
        temporary.Dispose();
        return ValueTask.CompletedTask;
    }
}
