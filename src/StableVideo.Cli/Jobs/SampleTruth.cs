using System.Runtime.InteropServices;
using System.Text.Json;
using StableVideo.Imaging;

namespace StableVideo.Cli.Jobs;

/// <summary>
/// Writes the exact truth of a sample clip as safetensors: <c>foreground_uv</c> and <c>background_uv</c> [T, H, W, 2] F32 in pixels (NaN where the
/// object is not seen) and <c>mask</c> [T, H, W] U8. The file appears under its name only when it is complete.
/// </summary>
internal sealed class SampleTruth : IDisposable
{
    private readonly string path;
    private readonly string partialPath;
    private readonly FileStream file;
    private readonly long uvBytes;
    private readonly long maskBytes;
    private readonly long start;
    private readonly int frames;

    public SampleTruth(string path, SampleClipOptions options)
    {
        (this.path, partialPath, frames) = (path, $"{path}.{Guid.NewGuid():N}.partial", options.FrameCount);
        maskBytes = (long)options.Width * options.Height;
        uvBytes = maskBytes * 2 * sizeof(float);
        int[] uv = [frames, options.Height, options.Width, 2];
        var total = frames * uvBytes;
        var header = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["foreground_uv"] = Tensor("F32", uv, 0, total),
            ["background_uv"] = Tensor("F32", uv, total, 2 * total),
            ["mask"] = Tensor("U8", uv[..3], 2 * total, (2 * total) + (frames * maskBytes)),
        });
        file = new FileStream(partialPath, FileMode.CreateNew, FileAccess.Write);
        file.Write(BitConverter.GetBytes((long)header.Length));
        file.Write(header);
        start = file.Position;
    }

    public void Write(int t, SampleClipFrame frame)
    {
        Put(t * uvBytes, MemoryMarshal.AsBytes(frame.ForegroundUv.Data.AsSpan()));
        Put((frames + t) * uvBytes, MemoryMarshal.AsBytes(frame.BackgroundUv.Data.AsSpan()));
        Put((2 * frames * uvBytes) + (t * maskBytes), frame.Mask.Data);
    }

    public void Complete()
    {
        file.Dispose();
        File.Move(partialPath, path, overwrite: true);
    }

    public void Dispose()
    {
        file.Dispose();
        File.Delete(partialPath);
    }

    private static Dictionary<string, object> Tensor(string type, int[] shape, long begin, long end) =>
        new() { ["dtype"] = type, ["shape"] = shape, ["data_offsets"] = new[] { begin, end } };

    private void Put(long offset, ReadOnlySpan<byte> bytes)
    {
        file.Position = start + offset;
        file.Write(bytes);
    }
}
