using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class VideoRoundTripTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static IEnumerable<Raster<byte>> Frames(int count, int width = 96, int height = 64) => Enumerable.Range(0, count).Select(i => TestPictures.Texture(width, height, i));

    [Fact]
    public async Task Mp4_keeps_count_rate_size_and_pictures()
    {
        await TestPictures.WriteVideoAsync(folder["a.mp4"], Frames(13), new FrameRate(30000, 1001));

        var info = await VideoReader.ProbeAsync(folder["a.mp4"], TestContext.Current.CancellationToken);
        var frames = await TestPictures.ReadAllAsync(folder["a.mp4"]);

        Assert.Equal((96, 64, 13, new FrameRate(30000, 1001), false, 0, "h264", false), (info.Width, info.Height, info.FrameCount, info.Rate, info.HasAudio, info.Rotation, info.Codec, info.IsVariableFrameRate));
        Assert.Equal(13, frames.Count);
        Assert.All(frames.Zip(Frames(13)), pair => Assert.InRange(Quality.Psnr(pair.First, pair.Second), 33, 100));
    }

    [Theory]
    [InlineData(200, 30, 30)]
    [InlineData(30, 180, 60)]
    [InlineData(20, 40, 220)]
    public async Task Mp4_keeps_colours(byte red, byte green, byte blue)
    {
        await TestPictures.WriteVideoAsync(folder["a.mp4"], Enumerable.Repeat(TestPictures.Solid(64, 48, red, green, blue), 3));
        var frame = (await TestPictures.ReadAllAsync(folder["a.mp4"]))[1];
        Assert.InRange(frame[30, 20, 0], red - 3, red + 3);
        Assert.InRange(frame[30, 20, 1], green - 3, green + 3);
        Assert.InRange(frame[30, 20, 2], blue - 3, blue + 3);
    }

    [Fact]
    public async Task Lossless_mkv_gives_the_same_bytes_back()
    {
        await TestPictures.WriteVideoAsync(folder["a.mkv"], Frames(5), options: new VideoWriteOptions { Lossless = true });
        var frames = await TestPictures.ReadAllAsync(folder["a.mkv"]);
        Assert.Equal(5, frames.Count);
        Assert.All(frames.Zip(Frames(5)), pair => Assert.Equal(pair.Second.Data, pair.First.Data));
    }

    [Theory]
    [InlineData("x.mp4", false)]
    [InlineData("x.mkv", false)]
    [InlineData("x.mkv", true)]
    public async Task The_same_frames_give_the_same_file(string name, bool lossless)
    {
        var options = new VideoWriteOptions { Lossless = lossless };
        await TestPictures.WriteVideoAsync(folder["1" + name], Frames(20), options: options);
        await TestPictures.WriteVideoAsync(folder["2" + name], Frames(20), options: options);
        Assert.Equal(await File.ReadAllBytesAsync(folder["1" + name], TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(folder["2" + name], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_writer_disposed_early_leaves_nothing()
    {
        await using (var writer = VideoWriter.Create(folder["a.mp4"], 96, 64, new FrameRate(24, 1)))
        {
            foreach (var frame in Frames(3))
                await writer.WriteAsync(frame, TestContext.Current.CancellationToken);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.FullPath));
    }

    [Fact]
    public async Task Sound_is_copied_and_cut_to_the_frames()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=24:duration=2", "-f", "lavfi", "-i", "sine=duration=2", "-c:v", "libx264", "-c:a", "aac", folder["sound.mp4"]);
        await TestPictures.WriteVideoAsync(folder["out.mp4"], Frames(24), options: new VideoWriteOptions { AudioFrom = folder["sound.mp4"], FrameCount = 24 });

        var info = await VideoReader.ProbeAsync(folder["out.mp4"], TestContext.Current.CancellationToken);
        Assert.True(info.HasAudio);
        Assert.Equal("aac", info.AudioCodec);
        Assert.Equal(24, info.FrameCount);
        Assert.Equal(24, (await TestPictures.ReadAllAsync(folder["out.mp4"])).Count);
    }

    [Fact]
    public async Task Sound_an_mp4_can_not_hold_becomes_aac()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=24:duration=1", "-f", "lavfi", "-i", "sine=duration=1", "-c:v", "libvpx", "-c:a", "libvorbis", folder["sound.webm"]);
        await TestPictures.WriteVideoAsync(folder["out.mp4"], Frames(24), options: new VideoWriteOptions { AudioFrom = folder["sound.webm"] });
        Assert.Equal("aac", (await VideoReader.ProbeAsync(folder["out.mp4"], TestContext.Current.CancellationToken)).AudioCodec);
    }

    [Fact]
    public async Task A_source_without_sound_gives_a_silent_video()
    {
        await TestPictures.WriteVideoAsync(folder["a.mp4"], Frames(3));
        await TestPictures.WriteVideoAsync(folder["b.mp4"], Frames(3), options: new VideoWriteOptions { AudioFrom = folder["a.mp4"] });
        Assert.False((await VideoReader.ProbeAsync(folder["b.mp4"], TestContext.Current.CancellationToken)).HasAudio);
    }
}
