using System.Diagnostics;
using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

/// <summary>Pictures and videos made for tests.</summary>
internal static class TestPictures
{
    /// <summary>Smooth colour noise, deterministic; different seeds look different.</summary>
    public static Raster<byte> Texture(int width, int height, int seed = 1, double sigma = 2, int channels = 3)
    {
        var random = new Random(seed);
        var noise = new Raster<float>(width, height, channels);
        for (var i = 0; i < noise.Data.Length; i++)
            noise.Data[i] = (float)random.NextDouble();
        var smooth = Resample.GaussianBlur(noise, sigma);
        var (low, high) = (smooth.Data.Min(), smooth.Data.Max());
        for (var i = 0; i < smooth.Data.Length; i++)
            smooth.Data[i] = 255 * (smooth.Data[i] - low) / (high - low);
        return smooth.ToBytes();
    }

    public static Raster<byte> Solid(int width, int height, byte red, byte green, byte blue)
    {
        var result = new Raster<byte>(width, height, 3);
        for (var i = 0; i < result.Data.Length; i += 3)
            (result.Data[i], result.Data[i + 1], result.Data[i + 2]) = (red, green, blue);
        return result;
    }

    public static async Task WriteVideoAsync(string path, IEnumerable<Raster<byte>> frames, FrameRate? rate = null, VideoWriteOptions? options = null)
    {
        VideoWriter? writer = null;
        try
        {
            foreach (var frame in frames)
            {
                writer ??= VideoWriter.Create(path, frame.Width, frame.Height, rate ?? new FrameRate(24, 1), options);
                await writer.WriteAsync(frame, TestContext.Current.CancellationToken);
            }

            await writer!.CompleteAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            if (writer is not null)
                await writer.DisposeAsync();
        }
    }

    public static async Task<List<Raster<byte>>> ReadAllAsync(string path, VideoReadOptions? options = null)
    {
        var frames = new List<Raster<byte>>();
        await foreach (var frame in VideoReader.ReadAsync(path, options, TestContext.Current.CancellationToken))
            frames.Add(frame);
        return frames;
    }

    /// <summary>Runs ffmpeg to make inputs the product itself never writes (sound, odd sizes, rotation tags).</summary>
    public static void Ffmpeg(params string[] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg", ["-hide_banner", "-loglevel", "error", "-y", .. arguments]) { RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
