using System.Globalization;
using StableVideo.Cli.Failures;
using StableVideo.Imaging;

namespace StableVideo.Cli.Jobs;

/// <summary>Writes the demo clip, its mask and, when asked, its exact truth.</summary>
internal static class SampleRun
{
    private const int FewestFrames = 2;
    private const int MostFrames = 300;
    private const int SmallestSide = 64;
    private const int LargestSide = 1920;

    /// <summary>Renders into a folder.</summary>
    /// <param name="folder">Full path; made when missing.</param>
    /// <param name="frames">Number of frames; null for the clip's own length.</param>
    /// <param name="size">Width and height such as <c>640x360</c>; null for the clip's own size.</param>
    /// <param name="truth">True to write UV coordinates and masks as numbers too.</param>
    /// <param name="terminal">Where to say what was written.</param>
    /// <param name="cancellationToken">Stops early.</param>
    public static async Task<int> ExecuteAsync(string folder, int? frames, string? size, bool truth, Terminal terminal, CancellationToken cancellationToken)
    {
        var options = Options(frames, size);
        Preconditions.CheckWritable(folder);
        Machine.RequireFfmpeg();
        Directory.CreateDirectory(folder);
        var (clipPath, maskPath, truthPath) = (Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "mask.mp4"), Path.Combine(folder, "truth.safetensors"));

        await using var clip = VideoWriter.Create(clipPath, options.Width, options.Height, options.Rate);
        await using var masks = VideoWriter.Create(maskPath, options.Width, options.Height, options.Rate, new VideoWriteOptions { Crf = 0 });
        using var numbers = truth ? new SampleTruth(truthPath, options) : null;
        for (var t = 0; t < options.FrameCount; t++)
        {
            var frame = SampleClip.Render(t, options);
            await clip.WriteAsync(frame.Picture, cancellationToken);
            await masks.WriteAsync(Grey(frame.Mask), cancellationToken);
            numbers?.Write(t, frame);
        }

        await clip.CompleteAsync(cancellationToken);
        await masks.CompleteAsync(cancellationToken);
        numbers?.Complete();
        terminal.Out.WriteLine($"clip:  {clipPath} ({options.FrameCount} frames, {options.Width} x {options.Height})");
        terminal.Out.WriteLine($"mask:  {maskPath}");
        if (truth) terminal.Out.WriteLine($"truth: {truthPath}");
        return ExitCode.Done;
    }

    private static SampleClipOptions Options(int? frames, string? size)
    {
        var options = new SampleClipOptions();
        if (frames is { } count)
        {
            if (count is < FewestFrames or > MostFrames) throw CommandException.BadInput($"--frames is {count} but must be between {FewestFrames} and {MostFrames}.");
            options = options with { FrameCount = count };
        }

        if (size is null) return options;
        var sides = size.Split('x');
        if (sides.Length != 2 || !IsSide(sides[0], out var width) || !IsSide(sides[1], out var height))
            throw CommandException.BadInput($"--size is {size} but must be two even numbers between {SmallestSide} and {LargestSide}, such as 640x360.");
        return options with { Width = width, Height = height };
    }

    private static bool IsSide(string text, out int side) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out side) && side is >= SmallestSide and <= LargestSide && side % 2 == 0;

    private static Raster<byte> Grey(Raster<byte> mask)
    {
        var rgb = new Raster<byte>(mask.Width, mask.Height, 3);
        for (var i = 0; i < mask.Data.Length; i++) rgb.Data.AsSpan(3 * i, 3).Fill(mask.Data[i]);
        return rgb;
    }
}
