using System.Runtime.CompilerServices;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace StableVideo.Imaging;

/// <summary>
/// Reads videos (mp4, mov, mkv, webm, gif and what else ffmpeg knows) and folders of jpg or png images, as a stream of frames:
/// upright, square pixels, even size (the last odd row or column is cropped), constant frame rate. No frame touches the disk.
/// </summary>
public static partial class VideoReader
{
    /// <summary>Describes a video file or folder of images without decoding it.</summary>
    /// <exception cref="MediaException">No such file, not a video, no frames, or ffmpeg is missing.</exception>
    public static async Task<VideoInfo> ProbeAsync(string path, CancellationToken cancellationToken = default)
        => await ProbeAsync(path, new VideoReadOptions { Limits = new DecodeLimits { MaxWidth = int.MaxValue, MaxHeight = int.MaxValue, MaxFrames = int.MaxValue } }, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>Describes what <see cref="ReadAsync"/> will give with the same options, and checks it against the limits, without decoding.</summary>
    /// <exception cref="MediaException">As for <see cref="ProbeAsync(string, CancellationToken)"/>, or larger or longer than the limits.</exception>
    public static async Task<VideoInfo> ProbeAsync(string path, VideoReadOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        var info = Directory.Exists(path)
            ? ImageSequence.Probe(path, options.Rate ?? ImageSequence.DefaultRate, options.Limits)
            : await VideoProbe.ProbeFileAsync(path, cancellationToken).ConfigureAwait(false);
        options.Limits.RequireSize(info.Width, info.Height, path);
        if (options.Rate is { } rate && rate != info.Rate)
        {
            int? frames = info.Codec == "images" ? info.FrameCount : Math.Max(1, (int)Math.Round(info.Duration.TotalSeconds * rate.Value));
            info = info with { Rate = rate, FrameRate = rate.Value, FrameCount = frames };
        }

        if (options.MaxFrames is { } most && (info.FrameCount is not { } all || all > most))
            info = info with { FrameCount = most, Duration = info.Rate.TimeOf(most) };
        if (info.FrameCount is { } count)
            options.Limits.RequireFrameCount(count, path);
        return options.Size is { } size ? info with { Width = size.Width, Height = size.Height } : info;
    }

    /// <summary>Decodes a video, frame after frame.</summary>
    /// <param name="path">Video file or folder of images.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Stops decoding and ends ffmpeg.</param>
    /// <returns>RGB frames [H, W, 3].</returns>
    /// <exception cref="MediaException">See <see cref="ProbeAsync(string, VideoReadOptions, CancellationToken)"/>; also when decoding fails.</exception>
    public static async IAsyncEnumerable<Raster<byte>> ReadAsync(
        string path, VideoReadOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= new VideoReadOptions();
        var source = await ProbeAsync(path, options with { Size = null }, cancellationToken).ConfigureAwait(false);
        var frames = source.Codec == "images" ? ReadFolderAsync(path, source, options, cancellationToken) : DecodeAsync(path, source, options, cancellationToken);
        var count = 0;
        await foreach (var frame in frames.ConfigureAwait(false))
        {
            if (count++ == options.Limits.MaxFrames)
                options.Limits.RequireFrameCount(count, path);
            yield return options.Size is { } size ? Resample.Resize(frame, size.Width, size.Height, ResampleFilter.Area) : frame;
        }

        if (count == 0)
            throw new MediaException($"{path} has no frames that can be decoded.");
    }

    private static async IAsyncEnumerable<Raster<byte>> ReadFolderAsync(
        string path, VideoInfo info, VideoReadOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var frame in ImageSequence.Read(path, info, options.Limits).Take(options.MaxFrames ?? int.MaxValue))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return frame;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static async IAsyncEnumerable<Raster<byte>> DecodeAsync(
        string path, VideoInfo info, VideoReadOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ffmpeg = Ffmpeg.Require();
        using var stop = new ProcessStop(cancellationToken);
        var sink = new FrameSink(info.Width, info.Height, stop.Token);
        var decoding = RunDecoderAsync(path, info, options, sink, ffmpeg, stop.Token);
        try
        {
            await foreach (var frame in sink.Frames.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return frame;
                if (options.ReuseFrames)
                    sink.Return(frame);
            }
        }
        finally
        {
            stop.Stop();
            await decoding.ConfigureAwait(false);
        }
    }

    /// <summary>Never throws: whatever happens ends the sink's frames, with the error for their reader.</summary>
    private static async Task RunDecoderAsync(
        string path, VideoInfo info, VideoReadOptions options, FrameSink sink, FFOptions ffmpeg, CancellationToken stop)
    {
        try
        {
            await FFMpegArguments
                .FromFileInput(Ffmpeg.FileArgument(path), verifyExists: false, input => input.WithCustomArgument(Ffmpeg.InputGuard))
                .OutputToPipe(sink, output => output.WithCustomArgument(DecodeArguments(info, options.MaxFrames)))
                .CancellableThrough(stop, TimeSpan.Zero)
                .ProcessAsynchronously(true, ffmpeg, stop)
                .ConfigureAwait(false);
            sink.Complete(null);
        }
        catch (OperationCanceledException exception)
        {
            sink.Complete(exception);
        }
        catch (FFMpegProcessException exception)
        {
            sink.Complete(new MediaException($"{path} can not be decoded: {Ffmpeg.LastWords(exception.Result.StandardError)}", exception));
        }
        catch (Exception exception) when (exception is FFMpegException or IOException or System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            // An invalid operation: the process ended by itself while it was being stopped.
            sink.Complete(new MediaException($"{path} can not be decoded: {exception.Message}", exception));
        }
    }

    private static string DecodeArguments(VideoInfo info, int? maxFrames)
    {
        var matrix = info.AssumeBt709 ? "scale=in_color_matrix=bt709," : string.Empty;
        var filters = $"fps={info.Rate},setpts=N,{info.SizeFilter}{matrix}format=rgb24";
        var count = maxFrames is { } most ? $" -frames:v {most}" : string.Empty;
        return $"-map 0:{info.StreamIndex} -an -sn -dn -vf {filters} -sws_flags bicubic+accurate_rnd+full_chroma_int+bitexact{count}";
    }
}
