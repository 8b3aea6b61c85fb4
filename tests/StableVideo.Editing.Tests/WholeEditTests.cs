using System.Text.Json;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing.Tests;

/// <summary>Whole edits of the demo clip with the embedded model, judged by colours.</summary>
public class WholeEditTests(EditFixture fixture)
{
    private static readonly EditSettings RedCar = new() { ForegroundPrompt = "a red car", Keyframes = [7, 2], AggregationSteps = 15 };

    [Theory]
    [InlineData("a red car", 0)]
    [InlineData("a blue car", 2)]
    public async Task The_object_takes_the_colour_of_the_prompt_in_every_frame_and_nothing_else_changes(string prompt, int channel)
    {
        var store = fixture.NewStore();
        var (_, results) = await fixture.RunAsync(store, RedCar with { ForegroundPrompt = prompt }, cancellationToken: TestContext.Current.CancellationToken);
        var sources = await ReadVideoAsync(fixture.Clip);
        var frames = await ReadVideoAsync(store, results[StageKind.Compose].Artifacts[ArtifactNames.Video]);
        Assert.Equal(EditFixture.Frames, frames.Count);
        for (var t = 0; t < frames.Count; t++)
        {
            var truth = SampleClip.Render(t, EditFixture.Options);
            var body = MaskOps.Erode(truth.Mask, 2);
            var (before, after) = (Mean(sources[t], body), Mean(frames[t], body));
            var others = Enumerable.Range(0, 3).Where(c => c != channel);
            Assert.All(others, other => Assert.True(after[channel] - after[other] > 25, $"frame {t}: {string.Join(" ", before.Select(v => $"{v:0}"))} became {string.Join(" ", after.Select(v => $"{v:0}"))}"));
            var outside = MaskOps.Invert(MaskOps.Dilate(truth.Mask, 6));
            Assert.True(Quality.Psnr(sources[t], frames[t], outside) > 34, $"frame {t}: {Quality.Psnr(sources[t], frames[t], outside):0.0} dB outside the object");
        }

        var aggregation = results[StageKind.Aggregate].Metrics;
        Assert.True(aggregation["lossAfter"] <= aggregation["lossBefore"]);
    }

    [Fact]
    public async Task Winter_whitens_the_surroundings_and_keeps_the_object()
    {
        var store = fixture.NewStore();
        var (_, results) = await fixture.RunAsync(
            store, new EditSettings { BackgroundPrompt = "snowy winter" }, cancellationToken: TestContext.Current.CancellationToken);
        var sources = await ReadVideoAsync(fixture.Clip);
        var frames = await ReadVideoAsync(store, results[StageKind.Compose].Artifacts[ArtifactNames.Video]);
        for (var t = 0; t < frames.Count; t++)
        {
            var truth = SampleClip.Render(t, EditFixture.Options);
            var outside = MaskOps.Invert(MaskOps.Dilate(truth.Mask, 6));
            var (chroma, before) = (Chroma(frames[t], outside), Chroma(sources[t], outside));
            Assert.True(chroma < 0.7 * before, $"frame {t} is still colourful: {before:0} became {chroma:0}");
            var (light, lightBefore) = (Mean(frames[t], outside).Average(), Mean(sources[t], outside).Average());
            Assert.True(light > lightBefore + 10, $"frame {t} did not get lighter: {lightBefore:0} became {light:0}");
            Assert.True(Quality.Psnr(sources[t], frames[t], MaskOps.Erode(truth.Mask, 4)) > 30, $"frame {t}: the object changed");
        }
    }

    [Fact]
    public async Task An_edit_stopped_between_keyframes_goes_on_behind_the_finished_one_and_ends_in_the_same_bytes()
    {
        var whole = fixture.NewStore();
        var (_, expected) = await fixture.RunAsync(whole, RedCar, cancellationToken: TestContext.Current.CancellationToken);

        var store = fixture.NewStore();
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.RunAsync(
            store,
            RedCar,
            new Told(p =>
            {
                if (p.Message.EndsWith("(2 of 2)", StringComparison.Ordinal))
                    stop.Cancel();
            }),
            stop.Token));
        var messages = new List<string>();
        var (_, resumed) = await fixture.RunAsync(store, RedCar, new Told(p => messages.Add(p.Message)), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(messages, m => m.EndsWith("(1 of 2)", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.EndsWith("(2 of 2)", StringComparison.Ordinal));
        foreach (var stage in StageGraph.All)
            Assert.Equal(expected[stage].Artifacts.OrderBy(a => a.Key), resumed[stage].Artifacts.OrderBy(a => a.Key));
    }

    [Fact]
    public async Task The_same_edit_asked_for_again_is_looked_up_and_its_folder_is_whole()
    {
        var store = fixture.NewStore();
        var settings = RedCar with { BackgroundPrompt = "snowy winter", AggregationSteps = 5 };
        await fixture.RunAsync(store, settings, cancellationToken: TestContext.Current.CancellationToken);
        var messages = new List<string>();
        var (inputs, results) = await fixture.RunAsync(store, settings, new Told(p => messages.Add(p.Message)), TestContext.Current.CancellationToken);
        Assert.All(messages, message => Assert.Equal("done", message));

        var folder = fixture.NewFolder();
        await EditFolder.WriteAsync(folder, inputs, results, store, TestContext.Current.CancellationToken);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal).ToList();
        var keyframes = results[StageKind.EditForeground].Facts["keyframes"].Split(' ').Select(int.Parse).Order();
        Assert.Equal(
            new[] { "atlases/background-after.png", "atlases/background-before.png", "atlases/foreground-after.png", "atlases/foreground-before.png", "edited.mp4" }
                .Concat(keyframes.SelectMany(k => new[] { $"keyframes/{k:D4}-after.png", $"keyframes/{k:D4}-before.png", $"keyframes/{k:D4}-mask.png" }))
                .Concat(["masks.mp4", "report.json"]),
            files);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "report.json"), TestContext.Current.CancellationToken));
        Assert.Equal("a red car", report.RootElement.GetProperty("settings").GetProperty("foregroundPrompt").GetString());
        Assert.True(report.RootElement.GetProperty("psnr").GetDouble() > 15);
        Assert.Equal(64, report.RootElement.GetProperty("stages").GetProperty("EditForeground").GetProperty("facts").GetProperty("modelDigest").GetString()!.Length);
    }

    private static async Task<List<Raster<byte>>> ReadVideoAsync(FolderArtifactStore store, ArtifactId id)
    {
        using var file = await store.MaterializeAsync(id, "mp4");
        return await ReadVideoAsync(file.Path);
    }

    private static async Task<List<Raster<byte>>> ReadVideoAsync(string path)
    {
        var frames = new List<Raster<byte>>();
        await foreach (var frame in VideoReader.ReadAsync(path))
            frames.Add(frame);
        return frames;
    }

    private static double[] Mean(Raster<byte> picture, Raster<byte> mask)
    {
        var sum = new double[3];
        var count = 0;
        for (var p = 0; p < mask.Data.Length; p++)
        {
            if (mask.Data[p] < 128)
                continue;
            count++;
            for (var c = 0; c < 3; c++)
                sum[c] += picture.Data[(p * 3) + c];
        }

        return [.. sum.Select(s => s / count)];
    }

    /// <summary>Mean difference between the strongest and the weakest channel, grey levels.</summary>
    private static double Chroma(Raster<byte> picture, Raster<byte> mask)
    {
        var (sum, count) = (0.0, 0);
        for (var p = 0; p < mask.Data.Length; p++)
        {
            if (mask.Data[p] < 128)
                continue;
            count++;
            var (r, g, b) = (picture.Data[p * 3], picture.Data[(p * 3) + 1], picture.Data[(p * 3) + 2]);
            sum += Math.Max(r, Math.Max(g, b)) - Math.Min(r, Math.Min(g, b));
        }

        return sum / count;
    }
}
