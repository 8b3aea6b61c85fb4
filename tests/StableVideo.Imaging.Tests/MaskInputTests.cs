using StableVideo.Imaging;
using StableVideo.Tests;

namespace StableVideo.Imaging.Tests;

public sealed class MaskInputTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Raster<byte> Box(int width, int height, int x)
    {
        var mask = new Raster<byte>(width, height, 1);
        for (var y = height / 4; y < height / 2; y++)
            mask.Row(y).Slice(x, width / 4).Fill(255);
        return mask;
    }

    private Task WriteMaskVideo(string name, int count, int width = 64, int height = 48)
        => TestPictures.WriteVideoAsync(folder[name], Enumerable.Range(0, count).Select(i => Colour.GrayToRgb(Box(width, height, i))));

    [Fact]
    public async Task A_mask_video_gives_one_mask_a_frame()
    {
        await WriteMaskVideo("m.mp4", 9);
        var masks = await VideoReader.ReadMasksAsync(folder["m.mp4"], 64, 48, 9, null, Cancel);
        Assert.Equal(9, masks.Count);
        Assert.All(masks.Select((mask, i) => MaskOps.IntersectionOverUnion(mask, Box(64, 48, i))), iou => Assert.InRange(iou, 0.97, 1));
    }

    [Fact]
    public async Task Masks_of_the_same_shape_are_scaled()
    {
        await WriteMaskVideo("m.mp4", 3);
        var masks = await VideoReader.ReadMasksAsync(folder["m.mp4"], 128, 96, 3, null, Cancel);
        Assert.Equal((128, 96), (masks[0].Width, masks[0].Height));
        Assert.InRange(MaskOps.IntersectionOverUnion(masks[0], Box(128, 96, 0)), 0.94, 1);
    }

    [Fact]
    public async Task A_single_image_is_the_mask_of_frame_0()
    {
        ImageFile.WritePng(folder["m.png"], Box(64, 48, 5));
        var masks = await VideoReader.ReadMasksAsync(folder["m.png"], 64, 48, 80, null, Cancel);
        Assert.Equal(Box(64, 48, 5).Data, Assert.Single(masks).Data);
    }

    [Fact]
    public async Task Index_images_count_as_inside_where_not_zero()
    {
        var index = Box(64, 48, 5);
        for (var i = 0; i < index.Data.Length; i++)
            index.Data[i] = (byte)(index.Data[i] == 0 ? 0 : 1);
        ImageFile.WritePng(folder["m.png"], index);
        Assert.Equal(Box(64, 48, 5).Data, (await VideoReader.ReadMasksAsync(folder["m.png"], 64, 48, 80, null, Cancel))[0].Data);
    }

    [Fact]
    public async Task A_folder_gives_one_mask_a_frame()
    {
        for (var i = 0; i < 12; i++)
            ImageFile.WritePng(folder[$"{i}.png"], Box(64, 48, i));
        var masks = await VideoReader.ReadMasksAsync(folder.FullPath, 64, 48, 12, null, Cancel);
        Assert.Equal(Box(64, 48, 11).Data, masks[11].Data);
    }

    [Fact]
    public async Task A_cut_clip_reads_as_many_masks()
    {
        await WriteMaskVideo("m.mp4", 9);
        Assert.Equal(4, (await VideoReader.ReadMasksAsync(folder["m.mp4"], 64, 48, 9, new VideoReadOptions { MaxFrames = 4 }, Cancel)).Count);
    }

    [Fact]
    public async Task A_real_clip_and_its_masks_belong_together()
    {
        var clip = SharedFolder.Require("clips/car-turn.mp4");
        var info = await VideoReader.ProbeAsync(clip, Cancel);
        Assert.Equal((768, 432, 80, new FrameRate(24, 1), false), (info.Width, info.Height, info.FrameCount, info.Rate, info.IsVariableFrameRate));
        var masks = await VideoReader.ReadMasksAsync(SharedFolder.Require("clips/car-turn.mask.mp4"), info.Width, info.Height, 80, new VideoReadOptions { Size = (384, 216) }, Cancel);
        Assert.Equal(80, masks.Count);
        Assert.All(masks, mask => Assert.InRange(MaskOps.Area(mask) / (384.0 * 216), 0.01, 0.5));
    }

    [Fact]
    public async Task Errors_name_both_sides()
    {
        await WriteMaskVideo("m.mp4", 9);
        Assert.Equal("Mask video has 9 frames but the clip has 12. Give one mask per frame, or a single image for frame 0.", await Error(folder["m.mp4"], 64, 48, 12));
        Assert.Equal("Mask video is 64x48 but the clip is 100x40. Give masks of the clip's size, or of the same shape.", await Error(folder["m.mp4"], 100, 40, 9));
        Assert.Equal($"No such mask file: {folder["none.png"]}", await Error(folder["none.png"], 64, 48, 9));
        ImageFile.WritePng(folder["m.png"], Box(64, 48, 5));
        Assert.Equal("Mask image is 64x48 but the clip is 48x64. Give masks of the clip's size, or of the same shape.", await Error(folder["m.png"], 48, 64, 9));

        async Task<string> Error(string path, int width, int height, int frames)
            => (await Assert.ThrowsAsync<MediaException>(() => VideoReader.ReadMasksAsync(path, width, height, frames, null, Cancel))).Message;
    }
}
