using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>What was tracked, as a video that a browser plays beside the clip: alpha as grey, frame by frame.</summary>
internal static class TrackedMaskVideo
{
    private const int Widest = 640; // pixels

    // Flat grey compresses by itself: a thorough search would take longer and save next to nothing.
    private static readonly VideoWriteOptions Encoding = new() { Crf = 20, Preset = "ultrafast" };

    /// <summary>Stores the video: H.264, yuv420p, as many frames per second as the clip, at most 640 pixels wide.</summary>
    public static async Task<ArtifactId> StoreAsync(StageContext context, Decomposition decomposition)
    {
        var (width, height) = SizeOf(decomposition.Width, decomposition.Height);
        var path = Path.Combine(Path.GetTempPath(), $"stablevideo-{Guid.NewGuid():N}.mp4");
        try
        {
            await using (var writer = VideoWriter.Create(path, width, height, ProbeStage.RateOf(context), Encoding))
            {
                for (var frame = 0; frame < decomposition.FrameCount; frame++)
                {
                    var alpha = Resample.Resize(decomposition.Alpha(frame), width, height, ResampleFilter.Area);
                    await writer.WriteAsync(Colour.GrayToRgb(alpha), context.Cancellation);
                }

                await writer.CompleteAsync(context.Cancellation);
            }

            return await context.Store.PutFileAsync(path, context.Cancellation);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Never wider than 640 pixels nor larger than the clip, even sizes, at least 2x2.</summary>
    internal static (int Width, int Height) SizeOf(int width, int height)
    {
        static int Even(double size) => Math.Max(2, (int)size / 2 * 2);
        var scale = Math.Min(1, (double)Widest / width);
        return (Even(width * scale), Even(Math.Round(height * scale)));
    }
}
