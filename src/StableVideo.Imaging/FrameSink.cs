using System.Collections.Concurrent;
using System.Threading.Channels;
using FFMpegCore.Pipes;

namespace StableVideo.Imaging;

/// <summary>Cuts ffmpeg's raw rgb24 output into frames; at most a few wait for the reader.</summary>
internal sealed class FrameSink(int width, int height, CancellationToken stop) : IPipeSink
{
    private readonly ConcurrentBag<Raster<byte>> spare = [];

    private readonly Channel<Raster<byte>> frames = Channel.CreateBounded<Raster<byte>>(
        new BoundedChannelOptions(4) { SingleReader = true, SingleWriter = true });

    public ChannelReader<Raster<byte>> Frames => frames.Reader;

    public string GetStreamArguments() => "-f rawvideo -pix_fmt rgb24";

    /// <summary>Gives a frame back for reuse.</summary>
    public void Return(Raster<byte> frame) => spare.Add(frame);

    /// <summary>Ends <see cref="Frames"/>, with an error or without.</summary>
    public void Complete(Exception? error) => frames.Writer.TryComplete(error);

    /// <summary>Reads to the end of the stream. The given token fires when ffmpeg exits, with frames still in the pipe, so only <c>stop</c> is listened to.</summary>
    public async Task ReadAsync(Stream inputStream, CancellationToken cancellationToken)
    {
        while (true)
        {
            var frame = spare.TryTake(out var used) ? used : new Raster<byte>(width, height, 3);
            var read = await inputStream.ReadAtLeastAsync(frame.Data, frame.Data.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
            if (read < frame.Data.Length)
                return;
            await frames.Writer.WriteAsync(frame, stop).ConfigureAwait(false);
        }
    }
}
