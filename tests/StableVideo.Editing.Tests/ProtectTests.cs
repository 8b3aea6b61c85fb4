using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing.Tests;

/// <summary>Edits of the demo clip in which a part of an atlas is protected.</summary>
public sealed class ProtectTests(EditFixture fixture)
{
    private static readonly EditSettings Winter = new() { ForegroundPrompt = "a red car", BackgroundPrompt = "snowy winter", Keyframes = [5], Steps = 2, AggregationSteps = 0 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mask_painted_afterwards_repeats_the_composition_only_and_keeps_what_it_covers()
    {
        var store = fixture.NewStore();
        var (inputs, before) = await fixture.RunAsync(store, Winter, cancellationToken: Cancel);
        var decomposition = await LoadAsync(store, before);
        var background = Half(decomposition.Background);
        var foreground = Half(decomposition.Foreground);
        var protecting = inputs with
        {
            ProtectBackground = await store.PutBytesAsync(ImageFile.EncodePng(background), Cancel),
            ProtectForeground = await store.PutBytesAsync(ImageFile.EncodePng(foreground), Cancel),
        };
        var after = new Dictionary<StageKind, StageResult>();
        var computed = new List<StageKind>();
        using var runner = new StageRunner(store, EditFixture.Models());
        foreach (var stage in StageGraph.All)
        {
            var messages = 0;
            after[stage] = await runner.RunAsync(stage, protecting, after, new Told(_ => messages++), Cancel);
            if (messages > 1)
                computed.Add(stage);
        }

        Assert.Equal([StageKind.Compose], computed);
        var edited = await ReadAsync(store, before, StageKind.EditBackground, ArtifactNames.EditedBackgroundAtlas);
        var shown = await ReadAsync(store, after, StageKind.Compose, ArtifactNames.ProtectedBackgroundAtlas);
        var (kept, changed) = (background, MaskOps.Invert(MaskOps.Dilate(background, 9)));
        Assert.Equal(0, LargestDifference(shown, decomposition.Background.Atlas, kept));
        Assert.Equal(0, LargestDifference(shown, edited, changed));

        await AssertFramesAsync(store, decomposition, after, background, foreground);
        await AssertFolderAsync(store, protecting, after, shown);
    }

    [Theory]
    [InlineData(true, "background")]
    [InlineData(false, "foreground")]
    public async Task A_mask_of_another_size_is_refused_as_soon_as_the_atlas_is_there(bool background, string layer)
    {
        var store = fixture.NewStore();
        var inputs = await VideoImport.ImportAsync(fixture.Clip, fixture.Mask, Winter, store, Cancel);
        var mask = await store.PutBytesAsync(ImageFile.EncodePng(new Raster<byte>(33, 44, 1)), Cancel);
        var error = await DecomposeAsync(store, background ? inputs with { ProtectBackground = mask } : inputs with { ProtectForeground = mask });
        Assert.Matches(
            $"^The mask that protects the {layer} is 33x44 but the {layer} atlas of this clip is \\d+x\\d+. Paint it on the picture of the atlas, at its size.$", error.Message);
    }

    [Fact]
    public async Task A_mask_that_is_no_picture_or_not_there_is_refused()
    {
        var store = fixture.NewStore();
        var inputs = await VideoImport.ImportAsync(fixture.Clip, fixture.Mask, Winter, store, Cancel);
        var text = await DecomposeAsync(store, inputs with { ProtectBackground = await store.PutBytesAsync("hello"u8.ToArray(), Cancel) });
        Assert.StartsWith("The mask that protects the background can not be used: ", text.Message, StringComparison.Ordinal);
        var missing = await DecomposeAsync(store, inputs with { ProtectForeground = ArtifactId.Of("nowhere"u8) });
        Assert.Equal("The mask that protects the foreground is not in the store. Upload it again.", missing.Message);
    }

    [Fact]
    public async Task Masks_are_imported_as_any_picture_and_refused_before_anything_is_stored()
    {
        var store = fixture.NewStore();
        var (jpeg, text) = (fixture.NewFolder() + ".jpg", fixture.NewFolder() + ".png");
        ImageFile.WriteJpeg(jpeg, Pictures.Filled(40, 30, 255).ToBytes());
        await File.WriteAllTextAsync(text, "no picture", Cancel);
        var inputs = await VideoImport.ImportAsync(fixture.Clip, null, new ProtectFiles(jpeg, null), Winter, store, Cancel);
        await using var stream = await store.OpenReadAsync(inputs.ProtectBackground!.Value, Cancel);
        Assert.Null(inputs.ProtectForeground);

        var empty = new FolderArtifactStore(fixture.NewFolder());
        await Assert.ThrowsAsync<MediaException>(() => VideoImport.ImportAsync(fixture.Clip, null, new ProtectFiles(jpeg, text), Winter, empty, Cancel));
        Assert.False(await empty.ExistsAsync(inputs.Video, Cancel));
    }

    /// <summary>Composed before encoding: where only protected atlas pixels are seen a frame is as filmed, where none are it is as it was edited.</summary>
    private async Task AssertFramesAsync(
        FolderArtifactStore store, Decomposition decomposition, Dictionary<StageKind, StageResult> results, Raster<byte> background, Raster<byte> foreground)
    {
        var (front, back) = (await ReadAsync(store, results, StageKind.Aggregate, ArtifactNames.EditedForegroundAtlas), await ReadAsync(store, results, StageKind.EditBackground, ArtifactNames.EditedBackgroundAtlas));
        var whole = new EditCompositor(decomposition, new EditedAtlas(front), new EditedAtlas(back), 1);
        var part = new EditCompositor(decomposition, new EditedAtlas(front, Protection.Weights(foreground)), new EditedAtlas(back, Protection.Weights(background)), 1);
        var (w, h) = (decomposition.Width, decomposition.Height);
        var (now, edited) = (new Raster<byte>(w, h, 3), new Raster<byte>(w, h, 3));
        var number = 0;
        var (kept, free, moved) = (0, 0, 0.0);
        using var video = await store.MaterializeAsync(results[StageKind.Compose].Artifacts[ArtifactNames.Video], "mp4", Cancel);
        var encoded = VideoReader.ReadAsync(video.Path, cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        await foreach (var filmed in VideoReader.ReadAsync(fixture.Clip, cancellationToken: Cancel))
        {
            part.Compose(number, filmed, now);
            whole.Compose(number, filmed, edited);
            var (inBack, inFront) = (Seen(decomposition.Background, number, background, w, h), Seen(decomposition.Foreground, number, foreground, w, h));
            var alpha = decomposition.Alpha(number++);
            for (var p = 0; p < w * h; p++)
            {
                // Only one layer counts where alpha is 0 or 1.
                var share = alpha.Data[p] == 255 ? inFront.Data[p] : alpha.Data[p] == 0 ? inBack.Data[p] : 0.5f;
                for (var i = p * 3; i < (p * 3) + 3; i++)
                {
                    if (share == 1)
                        Assert.InRange(now.Data[i], filmed.Data[i] - 1, filmed.Data[i] + 1);
                    else if (share == 0)
                        Assert.Equal(edited.Data[i], now.Data[i]);
                    moved += share == 0 ? Math.Abs(now.Data[i] - filmed.Data[i]) : 0;
                    kept += share == 1 ? 1 : 0;
                    free += share == 0 ? 1 : 0;
                }
            }

            Assert.True(await encoded.MoveNextAsync());
            Assert.True(Quality.Psnr(encoded.Current, now) > 30, $"frame {number - 1}: the video is not what was composed, {Quality.Psnr(encoded.Current, now):0.0} dB");
        }

        await encoded.DisposeAsync();
        Assert.True(kept > 0.2 * number * w * h * 3 && free > 0.2 * number * w * h * 3, $"{kept} values are protected and {free} are not, of {number * w * h * 3}.");
        Assert.True(moved / free > 10, $"What is not protected changed by {moved / free:0.0} grey levels only.");
    }

    private async Task AssertFolderAsync(FolderArtifactStore store, JobInputs inputs, Dictionary<StageKind, StageResult> results, Raster<byte> shown)
    {
        var folder = fixture.NewFolder();
        await EditFolder.WriteAsync(folder, inputs, results, store, Cancel);
        Assert.Equal(shown.Data, ImageFile.Read(Path.Combine(folder, "atlases", "background-after.png")).Data);
        var report = await File.ReadAllTextAsync(Path.Combine(folder, "report.json"), Cancel);
        Assert.Contains($"\"protectBackground\": \"{inputs.ProtectBackground!.Value.Value}\"", report, StringComparison.Ordinal);
    }

    /// <summary>1 where all atlas pixels around a frame's pixel are painted, 0 where none is within reach of the fade, between elsewhere.</summary>
    private static Raster<float> Seen(Layer layer, int frame, Raster<byte> mask, int width, int height)
    {
        var uv = new Raster<float>(width, height, 2);
        layer.FillUv(frame, uv);
        var (inner, outer) = (MaskOps.Erode(mask, 2), MaskOps.Dilate(mask, 11));
        var seen = new Raster<float>(width, height, 1);
        for (var p = 0; p < seen.Data.Length; p++)
        {
            var (u, v) = (Math.Clamp((int)uv.Data[2 * p], 0, mask.Width - 1), Math.Clamp((int)uv.Data[(2 * p) + 1], 0, mask.Height - 1));
            seen.Data[p] = inner[u, v] > 0 ? 1 : outer[u, v] > 0 ? 0.5f : 0;
        }

        return seen;
    }

    /// <summary>White over the left half of an atlas.</summary>
    private static Raster<byte> Half(Layer layer) => Pictures.Drawn(layer.AtlasWidth, layer.AtlasHeight, 1, (x, _, _) => x < layer.AtlasWidth / 2 ? 255 : 0).ToBytes();

    private static int LargestDifference(Raster<byte> one, Raster<byte> other, Raster<byte> where)
    {
        var largest = 0;
        for (var i = 0; i < one.Data.Length; i++)
            largest = where.Data[i / 3] > 0 ? Math.Max(largest, Math.Abs(one.Data[i] - other.Data[i])) : largest;
        return largest;
    }

    private static async Task<Decomposition> LoadAsync(FolderArtifactStore store, Dictionary<StageKind, StageResult> results)
    {
        await using var stream = await store.OpenReadAsync(results[StageKind.Decompose].Artifacts[ArtifactNames.Decomposition], Cancel);
        return Decomposition.Load(stream);
    }

    private static Task<Raster<byte>> ReadAsync(FolderArtifactStore store, Dictionary<StageKind, StageResult> results, StageKind stage, string name) =>
        store.ReadImageAsync(results[stage].Artifacts[name], 3, Cancel);

    private static async Task<EditException> DecomposeAsync(FolderArtifactStore store, JobInputs inputs)
    {
        using var runner = new StageRunner(store, EditFixture.Models());
        var results = new Dictionary<StageKind, StageResult> { [StageKind.Probe] = await runner.RunAsync(StageKind.Probe, inputs, new Dictionary<StageKind, StageResult>(), cancellationToken: Cancel) };
        return await Assert.ThrowsAsync<EditException>(() => runner.RunAsync(StageKind.Decompose, inputs, results, cancellationToken: Cancel));
    }
}
