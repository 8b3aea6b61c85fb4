using StableVideo.Imaging;

namespace StableVideo.EndToEnd.Tests;

/// <summary>What can go wrong before work begins: the exact line, the exit code, and nothing left behind.</summary>
public sealed class BadInputTests(SampleFixture sample) : IDisposable
{
    private readonly Temporary temporary = new();

    public void Dispose() => temporary.Dispose();

    [Fact]
    public Task No_such_file() =>
        Fails(2, "No such video file: absent.mp4", "edit", "absent.mp4", "-o", "out.mp4", "-f", "red");

    [Fact]
    public async Task Not_a_video()
    {
        await File.WriteAllTextAsync(temporary["text.mp4"], "This is a letter, not a film.\n", TestContext.Current.CancellationToken);
        await Fails(
            2,
            "text.mp4 is not a video this program can read. Give an mp4, mov, mkv, webm or gif file, or a folder of jpg or png images.",
            "edit", "text.mp4", "-o", "out.mp4", "-f", "red");
    }

    [Fact]
    public async Task An_empty_file()
    {
        await File.WriteAllBytesAsync(temporary["empty.mp4"], [], TestContext.Current.CancellationToken);
        await Fails(2, "empty.mp4 is empty (0 bytes).", "edit", "empty.mp4", "-o", "out.mp4", "-f", "red");
    }

    [Fact]
    public async Task No_frames()
    {
        Directory.CreateDirectory(temporary["frames"]);
        await Fails(2, "The folder frames has no jpg or png images.", "edit", "frames", "-o", "out.mp4", "-f", "red");
    }

    [Fact]
    public Task No_ffmpeg() =>
        Fails(
            3,
            "ffmpeg was not found on the PATH. Install it (Debian, Ubuntu: sudo apt-get install ffmpeg) and run this again.",
            new Dictionary<string, string> { ["PATH"] = temporary.Folder },
            "edit", sample.Clip, "-o", "out.mp4", "-f", "red");

    [Fact]
    public async Task Too_few_masks()
    {
        await WriteMasksAsync(SampleFixture.Frames - 5, SampleFixture.Width, SampleFixture.Height);
        await Fails(
            2,
            "Mask video has 7 frames but the clip has 12. Give one mask per frame, or a single image for frame 0.",
            "edit", sample.Clip, "-o", "out.mp4", "-f", "red", "--mask", "masks");
    }

    [Fact]
    public async Task Masks_of_another_shape()
    {
        await WriteMasksAsync(SampleFixture.Frames, 100, 144);
        await Fails(
            2,
            "Mask folder is 100x144 but the clip is 256x144. Give masks of the clip's size, or of the same shape.",
            "edit", sample.Clip, "-o", "out.mp4", "-f", "red", "--mask", "masks");
    }

    [Fact]
    public Task No_such_mask() =>
        Fails(2, "No such mask file: absent.png", "edit", sample.Clip, "-o", "out.mp4", "-f", "red", "--mask", "absent.png");

    [Fact]
    public Task Keyframe_out_of_range() =>
        Fails(
            2,
            "Keyframe 12 lies outside the clip, whose 12 frames are numbered 0 to 11.",
            "edit", sample.Clip, "-o", "out.mp4", "-f", "red", "--keyframes", "0,12", "--mask", sample.Mask);

    [Fact]
    public Task No_prompt_at_all() =>
        Fails(2, "Nothing to edit. Give a foreground prompt, a background prompt, or both.", "edit", sample.Clip, "-o", "out.mp4");

    [Fact]
    public Task Settings_out_of_range() =>
        Fails(
            2,
            "Steps is 0 but must be between 1 and 200. Strength is 2 but must be above 0 and at most 1.",
            "edit", sample.Clip, "-o", "out.mp4", "-f", "red", "--steps", "0", "--strength", "2");

    [Fact]
    public Task No_such_model() =>
        Fails(
            4,
            "The model folder /no/such/model does not exist. Give a Stable Diffusion 1.x folder in diffusers layout.",
            "edit", sample.Clip, "-o", "out.mp4", "-f", "red", "--model", "/no/such/model");

    [Fact]
    public async Task A_folder_that_is_no_model()
    {
        Directory.CreateDirectory(temporary["model"]);
        await Fails(4, $"The model folder {temporary["model"]}/tokenizer does not exist; it should hold vocab.json.", "edit", sample.Clip, "-o", "out.mp4", "-f", "red", "--model", "model");
    }

    [Fact]
    public Task Output_folder_can_not_be_written() =>
        Fails(
            2,
            "The folder /proc can not be written. Choose another place or change its permissions.",
            "edit", sample.Clip, "-o", "/proc/out/edited.mp4", "-f", "red");

    [Fact]
    public async Task Output_below_a_file()
    {
        await File.WriteAllTextAsync(temporary["file"], "x", TestContext.Current.CancellationToken);
        await Fails(
            2,
            $"The folder {temporary["file"]} can not be made because {temporary["file"]} is a file. Choose another place.",
            "edit", sample.Clip, "-o", "file/edited.mp4", "-f", "red");
    }

    [Fact]
    public Task Output_is_no_mp4() =>
        Fails(
            2,
            $"The output {temporary["out.avi"]} does not end in .mp4. The edited video is an mp4 file: name it so.",
            "edit", sample.Clip, "-o", "out.avi", "-f", "red");

    [Fact]
    public async Task Output_is_the_clip()
    {
        File.Copy(sample.Clip, temporary["clip.mp4"]);
        var before = await File.ReadAllBytesAsync(temporary["clip.mp4"], TestContext.Current.CancellationToken);
        await Fails(2, $"The output {temporary["clip.mp4"]} is the clip itself. Name another file.", "edit", "clip.mp4", "-o", "./clip.mp4", "-f", "red");
        Assert.Equal(before, await File.ReadAllBytesAsync(temporary["clip.mp4"], TestContext.Current.CancellationToken));
    }

    private Task Fails(int code, string message, params string[] args) => Fails(code, message, new Dictionary<string, string>(), args);

    private async Task Fails(int code, string message, Dictionary<string, string> environment, params string[] args)
    {
        var before = temporary.Contents();
        var finished = await StableVideoProcess.RunAsync(temporary.Folder, environment, args);
        Assert.Equal($"error: {message}\n", finished.Error);
        Assert.Equal(code, finished.Code);
        Assert.Equal(before, temporary.Contents());
    }

    private async Task WriteMasksAsync(int count, int width, int height)
    {
        Directory.CreateDirectory(temporary["masks"]);
        var mask = new Raster<byte>(width, height, 1);
        await Task.Run(() =>
        {
            for (var frame = 0; frame < count; frame++) ImageFile.WritePng(temporary[$"masks/{frame:D4}.png"], mask);
        });
    }
}
