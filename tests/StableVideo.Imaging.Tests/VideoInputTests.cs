using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class VideoInputTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a.webm", "libvpx")]
    [InlineData("a.mkv", "mpeg4")]
    [InlineData("a.mov", "libx264")]
    [InlineData("a.gif", "gif")]
    [InlineData("a name with 'quotes' and $.mp4", "libx264")]
    [InlineData("a%20b#c?.mp4", "libx264")]
    [InlineData("double\"quote.mp4", "libx264")]
    public async Task Containers_are_read(string name, string codec)
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1.2", "-c:v", codec, folder[name]);
        var info = await VideoReader.ProbeAsync(folder[name], Cancel);
        Assert.Equal((64, 48, 12), (info.Width, info.Height, info.FrameCount));
        Assert.Equal(10, info.FrameRate, 0.01);
        Assert.Equal(12, (await TestPictures.ReadAllAsync(folder[name])).Count);
    }

    [Fact]
    public async Task Odd_sizes_lose_their_last_row_and_column()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=65x49:rate=10:duration=0.5", "-c:v", "ffv1", folder["odd.mkv"]);
        var info = await VideoReader.ProbeAsync(folder["odd.mkv"], Cancel);
        Assert.Equal((64, 48), (info.Width, info.Height));
        Assert.All(await TestPictures.ReadAllAsync(folder["odd.mkv"]), frame => Assert.Equal((64, 48), (frame.Width, frame.Height)));
    }

    [Fact]
    public async Task Rotated_video_comes_out_upright()
    {
        var frame = TestPictures.Solid(64, 48, 0, 0, 0);
        for (var y = 0; y < 48; y++)
            frame.Row(y)[..(3 * 16)].Fill(255);
        await TestPictures.WriteVideoAsync(folder["plain.mp4"], Enumerable.Repeat(frame, 4));
        TestPictures.Ffmpeg("-i", folder["plain.mp4"], "-c", "copy", "-metadata:s:v:0", "rotate=90", folder["turned.mp4"]);

        var info = await VideoReader.ProbeAsync(folder["turned.mp4"], Cancel);
        var upright = (await TestPictures.ReadAllAsync(folder["turned.mp4"]))[0];

        Assert.Equal((48, 64, 270), (info.Width, info.Height, info.Rotation));
        Assert.Equal((48, 64), (upright.Width, upright.Height));
        // The bright left edge is the bottom edge after a counter-clockwise quarter turn.
        Assert.InRange(upright[24, 60, 0], 240, 255);
        Assert.InRange(upright[24, 20, 0], 0, 15);
    }

    [Fact]
    public async Task Wide_pixels_become_square()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=0.5", "-vf", "setsar=2/1", "-c:v", "libx264", folder["wide.mp4"]);
        Assert.Equal((128, 48), ((await VideoReader.ProbeAsync(folder["wide.mp4"], Cancel)).Width, (await TestPictures.ReadAllAsync(folder["wide.mp4"]))[0].Height));
    }

    [Fact]
    public async Task Variable_frame_rate_becomes_constant()
    {
        // Frames at 0, 1, 2, .. 9 then 12, 15, 18 .. twenty-fourths of a second.
        TestPictures.Ffmpeg(
            "-f", "lavfi", "-i", "testsrc=size=64x48:rate=24:duration=3", "-vf", "select='lt(n,10)+not(mod(n,3))'", "-fps_mode", "vfr", "-c:v", "libx264", folder["vfr.mp4"]);
        var info = await VideoReader.ProbeAsync(folder["vfr.mp4"], Cancel);
        var frames = await TestPictures.ReadAllAsync(folder["vfr.mp4"]);
        Assert.True(info.IsVariableFrameRate);
        Assert.InRange(frames.Count - info.FrameCount!.Value, -1, 1);
        Assert.Equal(3, frames.Count / info.FrameRate, 0.15);
    }

    [Fact]
    public async Task A_folder_is_read_in_natural_order()
    {
        foreach (var i in new[] { 1, 2, 10, 11, 9 })
            ImageFile.WritePng(folder[$"frame{i}.png"], TestPictures.Solid(32, 20, (byte)(i * 10), 0, 0));
        await File.WriteAllTextAsync(folder["notes.txt"], "not a picture", Cancel);
        var frames = await TestPictures.ReadAllAsync(folder.FullPath);
        Assert.Equal([10, 20, 90, 100, 110], frames.Select(frame => (int)frame[0, 0]));
        var info = await VideoReader.ProbeAsync(folder.FullPath, Cancel);
        Assert.Equal((32, 20, 5, "images", 24.0), (info.Width, info.Height, info.FrameCount, info.Codec, info.FrameRate));
    }

    [Fact]
    public async Task Frames_can_be_limited_scaled_and_resampled_in_time()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2", folder["a.mp4"]);
        Assert.Equal(7, (await TestPictures.ReadAllAsync(folder["a.mp4"], new VideoReadOptions { MaxFrames = 7 })).Count);
        Assert.Equal(10, (await TestPictures.ReadAllAsync(folder["a.mp4"], new VideoReadOptions { Rate = new FrameRate(5, 1) })).Count);
        Assert.Equal(32, (await TestPictures.ReadAllAsync(folder["a.mp4"], new VideoReadOptions { Size = (32, 24) }))[0].Width);
    }

    [Fact]
    public async Task Reused_frames_hold_each_picture_in_turn()
    {
        await TestPictures.WriteVideoAsync(folder["a.mkv"], Enumerable.Range(0, 12).Select(i => TestPictures.Texture(64, 48, i)), options: new VideoWriteOptions { Lossless = true });
        var i = 0;
        var seen = new HashSet<Raster<byte>>(ReferenceEqualityComparer.Instance);
        await foreach (var frame in VideoReader.ReadAsync(folder["a.mkv"], new VideoReadOptions { ReuseFrames = true }, Cancel))
        {
            Assert.Equal(TestPictures.Texture(64, 48, i++).Data, frame.Data);
            seen.Add(frame);
            await Task.Delay(5, Cancel);
        }

        Assert.Equal(12, i);
        Assert.InRange(seen.Count, 1, 8);
    }

    [Fact]
    public async Task Leaving_early_and_cancelling_end_ffmpeg()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=20", folder["long.mp4"]);
        await foreach (var _ in VideoReader.ReadAsync(folder["long.mp4"], cancellationToken: Cancel))
            break;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in VideoReader.ReadAsync(folder["long.mp4"], cancellationToken: stop.Token))
                await stop.CancelAsync();
        });
    }
}
