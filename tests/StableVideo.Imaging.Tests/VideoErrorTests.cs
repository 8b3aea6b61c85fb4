using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

/// <summary>Every row: a bad input and the exact message a user sees.</summary>
public sealed class VideoErrorTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<string> ReadErrorAsync(string path, VideoReadOptions? options = null)
        => (await Assert.ThrowsAsync<MediaException>(() => TestPictures.ReadAllAsync(path, options))).Message.Replace(folder.FullPath, "<folder>");

    [Fact]
    public async Task No_such_file() => Assert.Equal("No such video file: <folder>/missing.mp4", await ReadErrorAsync(folder["missing.mp4"]));

    [Fact]
    public void Ffmpeg_is_missing()
        => Assert.Equal(
            "ffmpeg and ffprobe are needed to read and write videos but are not on the PATH. Install them (Debian, Ubuntu: sudo apt-get install ffmpeg) and try again.",
            Assert.Throws<MediaException>(() => Ffmpeg.Require(folder.FullPath)).Message);

    [Fact]
    public async Task Empty_file()
    {
        await File.WriteAllBytesAsync(folder["a.mp4"], [], Cancel);
        Assert.Equal("<folder>/a.mp4 is empty (0 bytes).", await ReadErrorAsync(folder["a.mp4"]));
    }

    [Fact]
    public async Task Not_a_video()
    {
        await File.WriteAllTextAsync(folder["a.mp4"], "hello, I am a text file that only claims to be a video", Cancel);
        Assert.Equal("<folder>/a.mp4 is not a video this program can read. Give an mp4, mov, mkv, webm or gif file, or a folder of jpg or png images.", await ReadErrorAsync(folder["a.mp4"]));
    }

    [Fact]
    public async Task A_playlist_is_not_followed()
    {
        await File.WriteAllTextAsync(folder["a.m3u8"], "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", Cancel);
        Assert.StartsWith("<folder>/a.m3u8 is not a video", await ReadErrorAsync(folder["a.m3u8"]));
    }

    [Fact]
    public async Task A_single_image()
    {
        ImageFile.WritePng(folder["a.png"], TestPictures.Texture(32, 32));
        Assert.Equal("<folder>/a.png is a single image, not a video. Give an mp4, mov, mkv, webm or gif file, or a folder of jpg or png images.", await ReadErrorAsync(folder["a.png"]));
    }

    [Fact]
    public async Task Sound_only()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", folder["a.m4a"]);
        Assert.Equal("<folder>/a.m4a holds sound only, no video.", await ReadErrorAsync(folder["a.m4a"]));
    }

    [Fact]
    public async Task Cut_off_in_the_middle()
    {
        await TestPictures.WriteVideoAsync(folder["a.mp4"], Enumerable.Range(0, 20).Select(i => TestPictures.Texture(64, 48, i)));
        var bytes = await File.ReadAllBytesAsync(folder["a.mp4"], Cancel);
        await File.WriteAllBytesAsync(folder["head.mp4"], bytes[..200], Cancel);
        Assert.StartsWith("<folder>/head.mp4 is not a video", await ReadErrorAsync(folder["head.mp4"]));
    }

    [Fact]
    public async Task No_frames()
    {
        await File.WriteAllTextAsync(folder["a.y4m"], "YUV4MPEG2 W64 H48 F24:1 Ip A1:1 C420jpeg\n", Cancel);
        Assert.Equal("<folder>/a.y4m has no frames.", await ReadErrorAsync(folder["a.y4m"]));
    }

    [Fact]
    public async Task Too_many_frames_or_pixels()
    {
        TestPictures.Ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2", folder["a.mp4"]);
        Assert.Equal(
            "<folder>/a.mp4 has 20 frames, more than the limit of 15. Cut it to a shorter clip first.",
            await ReadErrorAsync(folder["a.mp4"], new VideoReadOptions { Limits = new DecodeLimits { MaxFrames = 15 } }));
        Assert.Equal(
            "<folder>/a.mp4 is 64x48 pixels, larger than the limit of 60x60. Scale it down first.",
            await ReadErrorAsync(folder["a.mp4"], new VideoReadOptions { Limits = new DecodeLimits { MaxWidth = 60, MaxHeight = 60 } }));
        Assert.Equal(10, (await TestPictures.ReadAllAsync(folder["a.mp4"], new VideoReadOptions { MaxFrames = 10, Limits = new DecodeLimits { MaxFrames = 15 } })).Count);
    }

    [Fact]
    public async Task Folder_without_images() => Assert.Equal("The folder <folder> has no jpg or png images.", await ReadErrorAsync(folder.FullPath));

    [Fact]
    public async Task Folder_of_different_sizes()
    {
        ImageFile.WritePng(folder["1.png"], TestPictures.Texture(32, 20));
        ImageFile.WritePng(folder["2.png"], TestPictures.Texture(32, 24));
        Assert.Equal("<folder>/2.png is 32x24 pixels but the first image of the folder is 32x20. All images must have one size.", await ReadErrorAsync(folder.FullPath));
    }

    [Fact]
    public async Task Folder_with_a_broken_image()
    {
        ImageFile.WritePng(folder["1.png"], TestPictures.Texture(32, 20));
        await File.WriteAllTextAsync(folder["2.png"], "no picture", Cancel);
        Assert.Equal("2.png is not an image this program can read. Use PNG or JPEG.", await ReadErrorAsync(folder.FullPath));
    }

    [Fact]
    public void An_image_larger_than_the_limit_is_not_decoded()
    {
        // A PNG header that claims 100000 x 100000 pixels.
        byte[] bomb = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0, 8, 2, 0, 0, 0];
        var error = Assert.Throws<MediaException>(() => ImageFile.Read(bomb));
        Assert.Equal("The image is 100000x100000 pixels, larger than the limit of 4096x4096. Scale it down first.", error.Message);
    }

    [Theory]
    [InlineData("a.avi", 64, 48, false, "Can not write <folder>/a.avi: videos are written as .mp4, .mov or .mkv.")]
    [InlineData("a.mp4", 63, 48, false, "Can not write <folder>/a.mp4: H.264 needs an even width and height, not 63x48.")]
    [InlineData("a.mp4", 64, 48, true, "Can not write <folder>/a.mp4: a lossless video must be an .mkv file.")]
    [InlineData("none/a.mp4", 64, 48, false, "Can not write <folder>/none/a.mp4: the folder <folder>/none does not exist.")]
    public void Outputs_that_can_not_be_written(string name, int width, int height, bool lossless, string message)
    {
        var error = Assert.Throws<MediaException>(() => VideoWriter.Create(folder[name], width, height, new FrameRate(24, 1), new VideoWriteOptions { Lossless = lossless }));
        Assert.Equal(message, error.Message.Replace(folder.FullPath, "<folder>"));
    }

    [Fact]
    public async Task A_video_without_frames_is_not_written()
    {
        await using var writer = VideoWriter.Create(folder["a.mp4"], 64, 48, new FrameRate(24, 1));
        var error = await Assert.ThrowsAsync<MediaException>(() => writer.CompleteAsync(Cancel));
        Assert.EndsWith("there are no frames.", error.Message);
    }
}
