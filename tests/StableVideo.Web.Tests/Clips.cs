using StableVideo.Imaging;

namespace StableVideo.Tests.Web;

/// <summary>Small files to upload, drawn once.</summary>
internal static class Clips
{
    private static readonly Lazy<Task<(byte[] Clip, byte[] Masks)>> Drawn = new(DrawAsync);

    public static async Task<byte[]> ClipAsync() => (await Drawn.Value).Clip;

    /// <summary>The clip as a file that was never sent before: the same with some bytes behind it that players skip.</summary>
    public static async Task<byte[]> NewClipAsync() => [.. await ClipAsync(), 0, 0, 0, 24, .. "free"u8, .. Guid.NewGuid().ToByteArray()];

    public static async Task<byte[]> MasksAsync() => (await Drawn.Value).Masks;

    /// <summary>A mask for frame 0.</summary>
    public static byte[] Mask(int width = 96, int height = 64) => ImageFile.EncodePng(new Raster<byte>(width, height, 1));

    private static async Task<(byte[] Clip, byte[] Masks)> DrawAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-clip-").FullName;
        try
        {
            var (clip, masks) = (Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "mask.mp4"));
            await SampleClip.WriteAsync(clip, masks, new SampleClipOptions { Width = 96, Height = 64, FrameCount = 8 });
            return (await File.ReadAllBytesAsync(clip), await File.ReadAllBytesAsync(masks));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
