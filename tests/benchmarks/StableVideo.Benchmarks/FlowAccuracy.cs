using StableVideo.Imaging;

namespace StableVideo.Benchmarks;

/// <summary>How far the flow methods are off: in pixels from the demo clip's exact motion, and by the PSNR of frames warped back on a clip of one's own.</summary>
internal static class FlowAccuracy
{
    private const int Spacing = 9;

    private static readonly FlowMethod[] Methods = [FlowMethod.Farneback, FlowMethod.Dis];
    private static readonly int[] Distances = [1, 6];

    /// <summary>Prints the figures as a table.</summary>
    /// <param name="clip">Path of a clip, or null for the demo clip alone.</param>
    public static async Task PrintAsync(string? clip)
    {
        Console.WriteLine($"| | {string.Join(" | ", Methods)} |");
        Console.WriteLine($"| --- |{string.Concat(Methods.Select(_ => " --- |"))}");
        foreach (var distance in Distances)
        {
            var (background, car) = Truth(distance);
            Console.WriteLine($"| demo clip, {distance} on, background, mean | {Row(background.Select(errors => $"{errors.Average():0.000} px"))} |");
            Console.WriteLine($"| demo clip, {distance} on, car, median | {Row(car.Select(errors => $"{Median(errors):0.000} px"))} |");
        }

        if (clip is null)
            return;
        var frames = new List<Raster<byte>>();
        await foreach (var frame in VideoReader.ReadAsync(clip))
            frames.Add(frame);
        foreach (var distance in Distances)
            Console.WriteLine($"| {Path.GetFileName(clip)}, {distance} on, warped back, PSNR | {Row(Warped(frames, distance).Select(psnr => $"{psnr:0.0} dB"))} |");
    }

    /// <summary>End point errors of each method, pixels of several frames together.</summary>
    private static (List<double>[] Background, List<double>[] Car) Truth(int distance)
    {
        List<double>[] background = [.. Methods.Select(_ => new List<double>())], car = [.. Methods.Select(_ => new List<double>())];
        for (var t = 0; t + distance < new SampleClipOptions().FrameCount; t += Spacing)
        {
            var motion = new TrueMotion(SampleClip.Render(t), SampleClip.Render(t + distance));
            for (var m = 0; m < Methods.Length; m++)
            {
                var flow = motion.Compute(Methods[m]);
                background[m].AddRange(motion.BackgroundErrors(flow));
                car[m].AddRange(motion.CarErrors(flow));
            }
        }

        return (background, car);
    }

    /// <summary>Mean over frame pairs, for each method.</summary>
    private static IEnumerable<double> Warped(List<Raster<byte>> frames, int distance) => Methods.Select(method => Enumerable
        .Range(0, frames.Count - distance)
        .Where(t => t % Spacing == 0)
        .Average(t =>
        {
            var flow = OpticalFlow.Compute(Colour.ToGray(frames[t]), Colour.ToGray(frames[t + distance]), new FlowOptions { Method = method });
            return Quality.Psnr(frames[t], Resample.WarpByFlow(frames[t + distance], flow));
        }));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Row(IEnumerable<string> cells) => string.Join(" | ", cells);
}
