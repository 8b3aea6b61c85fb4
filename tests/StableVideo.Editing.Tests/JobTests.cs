using StableVideo.Diffusion;
using StableVideo.Imaging;

namespace StableVideo.Editing.Tests;

/// <summary>What is refused, and how it is said.</summary>
public class JobTests(EditFixture fixture)
{
    [Fact]
    public async Task Broken_settings_are_refused_before_anything_is_stored()
    {
        var store = fixture.NewStore();
        var error = await Assert.ThrowsAsync<EditException>(
            () => VideoImport.ImportAsync(fixture.Clip, null, new EditSettings { Steps = 0 }, store, TestContext.Current.CancellationToken));
        Assert.Equal("Nothing to edit. Give a foreground prompt, a background prompt, or both.\nSteps is 0 but must be between 1 and 200.", error.Message);
    }

    [Fact]
    public async Task A_keyframe_outside_the_clip_is_found_by_the_probe()
    {
        var error = await ProbeAsync(new EditSettings { ForegroundPrompt = "a car", Keyframes = [2, 10, 99] }, fixture.Mask);
        Assert.Equal("Keyframes 10, 99 lie outside the clip, whose 10 frames are numbered 0 to 9.", error.Message);
    }

    [Fact]
    public async Task A_clip_longer_than_the_limit_is_refused()
    {
        var error = await ProbeAsync(new EditSettings { ForegroundPrompt = "a car", MaxFrames = 4 }, fixture.Mask);
        Assert.Equal("The clip has 10 frames (0.4 s); at most 4 are accepted. Cut it, or raise the frame limit.", error.Message);
    }

    [Fact]
    public async Task A_black_mask_is_refused()
    {
        var mask = fixture.NewFolder() + ".png";
        ImageFile.WritePng(mask, new Raster<byte>(256, 144, 1));
        var error = await ProbeAsync(new EditSettings { ForegroundPrompt = "a car" }, mask);
        Assert.StartsWith("The mask is black throughout", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Masks_that_do_not_fit_in_number_are_refused()
    {
        var mask = fixture.NewFolder() + ".mp4";
        await SampleClip.WriteAsync(fixture.NewFolder() + ".mp4", mask, EditFixture.Options with { FrameCount = 7 }, cancellationToken: TestContext.Current.CancellationToken);
        var store = fixture.NewStore();
        using var runner = new StageRunner(store, new ModelCatalogue());
        var inputs = await VideoImport.ImportAsync(fixture.Clip, mask, new EditSettings { ForegroundPrompt = "a car" }, store, TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<MediaException>(
            () => runner.RunAsync(StageKind.Probe, inputs, new Dictionary<StageKind, StageResult>(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("Mask video has 7 frames but the clip has 10. Give one mask per frame, or a single image for frame 0.", error.Message);
    }

    [Fact]
    public async Task A_folder_of_frames_and_masks_is_imported_without_loss()
    {
        var (frames, masks) = (fixture.NewFolder(), fixture.NewFolder());
        Directory.CreateDirectory(frames);
        Directory.CreateDirectory(masks);
        for (var t = 0; t < 3; t++)
        {
            var truth = SampleClip.Render(t, EditFixture.Options);
            ImageFile.WritePng(Path.Combine(frames, $"{t:D4}.png"), truth.Picture);
            ImageFile.WritePng(Path.Combine(masks, $"{t:D4}.png"), truth.Mask);
        }

        var store = fixture.NewStore();
        var inputs = await VideoImport.ImportAsync(frames, masks, new EditSettings { ForegroundPrompt = "a car" }, store, TestContext.Current.CancellationToken);
        Assert.Equal(MaskKind.EveryFrame, inputs.MaskKind);
        using var video = await store.MaterializeAsync(inputs.Video, "mkv", TestContext.Current.CancellationToken);
        var number = 0;
        await foreach (var frame in VideoReader.ReadAsync(video.Path, cancellationToken: TestContext.Current.CancellationToken))
            Assert.Equal(SampleClip.Render(number++, EditFixture.Options).Picture.Data, frame.Data);
        Assert.Equal(3, number);
    }

    private async Task<EditException> ProbeAsync(EditSettings settings, string mask)
    {
        var store = fixture.NewStore();
        using var runner = new StageRunner(store, new ModelCatalogue());
        var inputs = await VideoImport.ImportAsync(fixture.Clip, mask, settings, store, TestContext.Current.CancellationToken);
        return await Assert.ThrowsAsync<EditException>(
            () => runner.RunAsync(StageKind.Probe, inputs, new Dictionary<StageKind, StageResult>(), cancellationToken: TestContext.Current.CancellationToken));
    }
}
