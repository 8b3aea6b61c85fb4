using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>The clip's frames and masks as stages read them.</summary>
internal static class ClipFrames
{
    public static VideoReadOptions Options { get; } = new();

    /// <summary>All frames, for stages that walk them several times; their size is checked against the budget first.</summary>
    public static async Task<IReadOnlyList<Raster<byte>>> ReadAllAsync(StageContext context)
    {
        var count = (int)context.Metric(StageKind.Probe, ProbeStage.Frames);
        var (width, height) = ((int)context.Metric(StageKind.Probe, ProbeStage.Width), (int)context.Metric(StageKind.Probe, ProbeStage.Height));
        var bytes = 3L * width * height * count;
        if (bytes > context.Options.FrameMemory)
        {
            throw new EditException(
                $"The clip's {count} frames of {width}x{height} take {bytes >> 20} MiB of memory; the budget is {context.Options.FrameMemory >> 20} MiB. Shorten the clip or make it smaller.");
        }

        var frames = new List<Raster<byte>>(count);
        using var file = await context.VideoFileAsync();
        await foreach (var frame in VideoReader.ReadAsync(file.Path, Options, context.Cancellation))
            frames.Add(frame);
        return frames;
    }

    /// <summary>Some frames by number.</summary>
    public static async Task<IReadOnlyDictionary<int, Raster<byte>>> ReadSomeAsync(StageContext context, IReadOnlyCollection<int> numbers)
    {
        var found = new Dictionary<int, Raster<byte>>();
        using var file = await context.VideoFileAsync();
        var number = 0;
        await foreach (var frame in VideoReader.ReadAsync(file.Path, Options, context.Cancellation))
        {
            if (numbers.Contains(number++))
                found[number - 1] = frame;
            if (found.Count == numbers.Count)
                return found;
        }

        var missing = numbers.Where(n => !found.ContainsKey(n));
        throw new EditException($"Frames {string.Join(", ", missing)} could not be read; the clip ends after {number} frames.");
    }

    /// <summary>One mask per frame, a single one for frame 0, or <see langword="null"/> when the job has none.</summary>
    /// <param name="context">The stage.</param>
    /// <param name="width">Width of the clip.</param>
    /// <param name="height">Height of the clip.</param>
    /// <param name="frames">Frames of the clip.</param>
    public static async Task<IReadOnlyList<Raster<byte>>?> ReadMasksAsync(StageContext context, int width, int height, int frames)
    {
        if (context.Inputs.MaskKind == MaskKind.None)
            return null;
        if (context.Inputs.Mask is null)
            throw new EditException("The job names a kind of mask but no mask. Submit it again.");
        using var file = await context.MaskFileAsync();
        return await VideoReader.ReadMasksAsync(file.Path, width, height, frames, Options, context.Cancellation);
    }

    /// <summary>The object as it is marked in some frames; none when the job has no marks.</summary>
    /// <exception cref="EditException">A marked frame is not there, or its mark is no single picture.</exception>
    public static async Task<IReadOnlyList<MarkedFrame>> ReadMarksAsync(StageContext context, int width, int height, int frames)
    {
        var marks = new List<MarkedFrame>();
        foreach (var mark in context.Inputs.Marks)
        {
            if (mark.Frame >= frames)
                throw new EditException($"Frame {mark.Frame} is marked but the clip's {frames} frames are numbered 0 to {frames - 1}.");
            using var file = await context.MarkFileAsync(mark);
            marks.Add(await VideoReader.ReadMasksAsync(file.Path, width, height, frames, Options, context.Cancellation) is [var mask]
                ? new MarkedFrame(mark.Frame, mask)
                : throw new EditException($"The mark of frame {mark.Frame} is a video. Give a single picture of that frame, white where the object is."));
        }

        return marks;
    }
}
