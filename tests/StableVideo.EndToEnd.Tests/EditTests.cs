using System.Text.Json;
using StableVideo.Imaging;

namespace StableVideo.EndToEnd.Tests;

/// <summary>From a clip and two prompts to an edited clip, by real processes and the embedded model.</summary>
public sealed class EditTests(SampleFixture sample) : IDisposable
{
    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task A_red_car_is_red_in_every_frame()
    {
        sample.CopyStoreTo(temporary["store"]);
        var finished = await EditAsync("red/edited.mp4", "--store", "store", "--foreground", "a red zzyzx car", "--background", "snowy winter");
        Assert.True(finished.Code == 0, finished.ToString());

        var before = await Footage.ReadAsync(sample.Clip);
        var after = await Footage.ReadAsync(temporary["red/edited.mp4"]);
        var masks = await VideoReader.ReadMasksAsync(
            sample.Mask, SampleFixture.Width, SampleFixture.Height, SampleFixture.Frames, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(SampleFixture.Frames, after.Count);
        for (var t = 0; t < after.Count; t++)
        {
            Assert.Equal((SampleFixture.Width, SampleFixture.Height), (after[t].Width, after[t].Height));
            var was = Footage.Redness(Footage.MeanColour(before[t], masks[t], inside: true));
            var became = Footage.Redness(Footage.MeanColour(after[t], masks[t], inside: true));
            Assert.True(became > was + 25, $"frame {t}: redness {was:0.0} became {became:0.0}");
        }

        Assert.Equal("The model embedded does not know: zzyzx.", finished.Event("note").GetProperty("message").GetString());
        var folder = temporary["red/edited.stablevideo"];
        Assert.Equal(folder, finished.Event("job-finished").GetProperty("folder").GetString());
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "report.json"), TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(JsonValueKind.Object, report.ValueKind);
        foreach (var name in new[] { "foreground-before", "foreground-after", "background-before", "background-after" })
            Assert.True(ImageFile.Read(Path.Combine(folder, "atlases", name + ".png"), 3).Width > 16);

        // A second foreground prompt on the same clip: decomposition and background are there already.
        var blue = await EditAsync("blue/edited.mp4", "--store", "store", "--foreground", "a blue zzyzx car", "--background", "snowy winter");
        Assert.True(blue.Code == 0, blue.ToString());
        foreach (var (stage, reused) in new[] { ("decompose", true), ("edit-background", true), ("edit-foreground", false), ("compose", false) })
            Assert.Equal(reused, blue.Stage(stage).GetProperty("reused").GetBoolean());
    }

    [Fact]
    public async Task A_killed_edit_continues_and_gives_the_same_bytes()
    {
        string[] prompts = ["--foreground", "a red car", "--background", "snowy winter", "--keyframes", "1,5,10"];
        sample.CopyStoreTo(temporary["store-whole"]);
        sample.CopyStoreTo(temporary["store-cut"]);
        var whole = await EditAsync("whole/edited.mp4", [.. prompts, "--store", "store-whole"]);
        Assert.True(whole.Code == 0, whole.ToString());

        using (var doomed = StableVideoProcess.Start(temporary.Folder, Arguments("cut/edited.mp4", [.. prompts, "--store", "store-cut"])))
        {
            await doomed.WaitForAsync(line => IsProgress(line, "edit-foreground", atLeast: 0.4));
            doomed.Kill();
            await doomed.EndAsync();
        }

        Assert.False(File.Exists(temporary["cut/edited.mp4"]));
        var resumed = await EditAsync("cut/edited.mp4", [.. prompts, "--store", "store-cut"]);
        Assert.True(resumed.Code == 0, resumed.ToString());
        Assert.True(resumed.Event("job-started").GetProperty("continues").GetBoolean());
        Assert.True(resumed.Stage("decompose").GetProperty("reused").GetBoolean());
        Assert.False(resumed.Stage("edit-foreground").GetProperty("reused").GetBoolean());
        Assert.Equal(
            await File.ReadAllBytesAsync(temporary["whole/edited.mp4"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(temporary["cut/edited.mp4"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_interrupted_edit_says_how_to_continue()
    {
        string[] prompts = ["--foreground", "a red car", "--keyframes", "2"];
        using var running = StableVideoProcess.Start(temporary.Folder, Arguments("edited.mp4", prompts));
        await running.WaitForAsync(line => IsProgress(line, "decompose", atLeast: 0));
        running.Terminate();
        var interrupted = await running.EndAsync();
        Assert.Equal(130, interrupted.Code);
        Assert.Equal("error: Cancelled. Run the same command again to continue.\n", interrupted.Error);
        Assert.Equal(130, interrupted.Event("failed").GetProperty("exitCode").GetInt32());
        Assert.False(File.Exists(temporary["edited.mp4"]));

        var resumed = await EditAsync("edited.mp4", prompts);
        Assert.True(resumed.Code == 0, resumed.ToString());
        Assert.True(File.Exists(temporary["edited.mp4"]));
    }

    [Fact]
    public async Task Atlases_render_the_clip_back()
    {
        foreach (var name in new[] { "foreground-before.png", "background-before.png" })
            Assert.True(ImageFile.Read(Path.Combine(sample.Atlas, "atlases", name), 3).Width > 16);
        var clip = await Footage.ReadAsync(sample.Clip);
        var back = await Footage.ReadAsync(Path.Combine(sample.Atlas, "reconstruction.mp4"));
        Assert.Equal(clip.Count, back.Count);
        for (var t = 0; t < clip.Count; t++)
        {
            var psnr = Quality.Psnr(clip[t], back[t]);
            Assert.True(psnr > 27, $"frame {t}: {psnr:0.0} dB");
        }
    }

    private static bool IsProgress(string line, string stage, double atLeast)
    {
        if (!line.StartsWith('{')) return false;
        var e = JsonDocument.Parse(line).RootElement;
        return e.GetProperty("event").GetString() == "stage-progress" && e.GetProperty("stage").GetString() == stage
            && e.GetProperty("fraction").GetDouble() >= atLeast;
    }

    private Task<Finished> EditAsync(string output, params string[] options) => StableVideoProcess.RunAsync(temporary.Folder, Arguments(output, options));

    private string[] Arguments(string output, string[] options) => ["edit", sample.Clip, "--mask", sample.Mask, "-o", output, .. options, "--json"];
}
