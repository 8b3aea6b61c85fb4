using System.Buffers;
using System.Globalization;
using System.Threading.Channels;
using FFMpegCore.Pipes;

namespace StableVideo.Imaging;

/// <summary>Hands frames to ffmpeg's raw rgb24 input; at most a few wait for it.</summary>
internal sealed class FrameSource(int width, int height, FrameRate rate) : IPipeSource
{
    private readonly int frameBytes = width * height * 3;

    private readonly Channel<byte[]> frames = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(4) { SingleReader = true });

    public string GetStreamArguments()
        => string.Create(CultureInfo.InvariantCulture, $"-f rawvideo -pix_fmt rgb24 -video_size {width}x{height} -framerate {rate}");

    public async ValueTask AddAsync(Raster<byte> frame, CancellationToken cancellationToken)
    {
        var copy = ArrayPool<byte>.Shared.Rent(frameBytes);
        frame.Data.CopyTo(copy, 0);
        await frames.Writer.WriteAsync(copy, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that no more frames come; with an error, waiting writers fail.</summary>
    public void Complete(Exception? error) => frames.Writer.TryComplete(error);

    public async Task WriteAsync(Stream outputStream, CancellationToken cancellationToken)
    {
        await foreach (var frame in frames.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await outputStream.WriteAsync(frame.AsMemory(0, frameBytes), cancellationToken).ConfigureAwait(false);
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
