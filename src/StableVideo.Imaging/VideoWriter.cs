using System.Threading.Channels;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace StableVideo.Imaging;

/// <summary>
/// Encodes frames as they come: H.264, yuv420p, BT.709 in .mp4, .mov or .mkv, or lossless FFV1 in .mkv. The same frames and options give the same bytes.
/// The file appears under its name only when <see cref="CompleteAsync"/> succeeds; a writer disposed before leaves nothing behind.
/// </summary>
public sealed class VideoWriter : IAsyncDisposable
{
    /// <summary>The encoder's threads; part of what determines the bytes, so independent of the machine.</summary>
    private const int EncoderThreads = 4;

    private static readonly HashSet<string> Mp4AudioCodecs = ["aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"];

    private readonly string path;
    private readonly string partialPath;
    private readonly int width;
    private readonly int height;
    private readonly FrameSource source;
    private readonly ProcessStop abort = new();
    private readonly Task encoding;
    private int written;
    private bool completed;

    private VideoWriter(string path, int width, int height, FrameRate rate, VideoWriteOptions options, string format)
    {
        (this.path, this.width, this.height) = (path, width, height);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new MediaException($"Can not write {path}: the folder {folder} does not exist.");
        partialPath = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.partial");
        source = new FrameSource(width, height, rate);
        encoding = EncodeAsync(rate, options, format, Ffmpeg.Require());
    }

    /// <summary>Starts writing a video.</summary>
    /// <param name="path">File to write (.mp4, .mov, .mkv); an existing one is replaced at the end.</param>
    /// <param name="width">Frame width in pixels, even unless lossless.</param>
    /// <param name="height">Frame height in pixels, even unless lossless.</param>
    /// <param name="rate">Frames per second.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="MediaException">Extension not supported, odd size, no such folder, or ffmpeg is missing.</exception>
    public static VideoWriter Create(string path, int width, int height, FrameRate rate, VideoWriteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new VideoWriteOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var extension = Path.GetExtension(path).ToUpperInvariant();
        if (options.Lossless && extension != ".MKV")
            throw new MediaException($"Can not write {path}: a lossless video must be an .mkv file.");
        var format = extension switch
        {
            ".MP4" => "mp4",
            ".MOV" => "mov",
            ".MKV" => "matroska",
            _ => throw new MediaException($"Can not write {path}: videos are written as .mp4, .mov or .mkv."),
        };
        if (!options.Lossless && ((width | height) & 1) != 0)
            throw new MediaException($"Can not write {path}: H.264 needs an even width and height, not {width}x{height}.");
        if (options.AudioFrom is { } audio && !File.Exists(audio))
            throw new MediaException($"No such file to copy the sound from: {audio}");
        return new VideoWriter(path, width, height, rate, options, format);
    }

    /// <summary>Adds a frame; returns once it is copied, and waits while the encoder is behind.</summary>
    /// <param name="frame">[H, W, 3] of the writer's size.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="MediaException">The encoder failed (disk full, no permission).</exception>
    /// <exception cref="ArgumentException">The frame has another shape.</exception>
    public async ValueTask WriteAsync(Raster<byte> frame, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Width != width || frame.Height != height || frame.Channels != 3)
            throw new ArgumentException($"A frame of {frame.Width}x{frame.Height}x{frame.Channels} does not fit a video of {width}x{height}x3.", nameof(frame));
        try
        {
            await source.AddAsync(frame, cancellationToken).ConfigureAwait(false);
            written++;
        }
        catch (ChannelClosedException)
        {
            await encoding.ConfigureAwait(false);
            throw new MediaException($"Can not write {path}: the encoder ended early.");
        }
    }

    /// <summary>Finishes the file and gives it its name.</summary>
    /// <exception cref="MediaException">The encoder failed or no frame was written.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        if (written == 0)
            throw new MediaException($"Can not write {path}: there are no frames.");
        source.Complete(null);
        await encoding.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            File.Move(partialPath, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"Can not write {path}: {exception.Message}", exception);
        }

        completed = true;
    }

    /// <summary>Ends the encoder; removes the unfinished file unless <see cref="CompleteAsync"/> succeeded.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!completed)
        {
            source.Complete(null);
            abort.Stop();
            await encoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            File.Delete(partialPath);
        }

        abort.Dispose();
    }

    private async Task EncodeAsync(FrameRate rate, VideoWriteOptions options, string format, FFOptions ffmpeg)
    {
        try
        {
            var audio = options.AudioFrom is { } audioPath ? (await VideoReader.ProbeAsync(audioPath, abort.Token).ConfigureAwait(false)).AudioCodec : null;
            var input = FFMpegArguments.FromPipeInput(source);
            if (audio is not null)
            {
                var cut = options.FrameCount is { } count ? $" -t {Ffmpeg.Number(rate.TimeOf(count).TotalSeconds)}" : string.Empty;
                input = input.AddFileInput(Ffmpeg.FileArgument(options.AudioFrom!), verifyExists: false, file => file.WithCustomArgument(Ffmpeg.InputGuard + cut));
            }

            await input
                .OutputToFile(Ffmpeg.FileArgument(partialPath), overwrite: true, output => output.WithCustomArgument(EncodeArguments(options, format, audio)))
                .CancellableThrough(abort.Token, TimeSpan.Zero)
                .ProcessAsynchronously(true, ffmpeg, abort.Token)
                .ConfigureAwait(false);
        }
        catch (FFMpegProcessException exception)
        {
            throw Fail(new MediaException($"Can not write {path}: {Ffmpeg.LastWords(exception.Result.StandardError)}", exception));
        }
        catch (Exception exception) when (exception is FFMpegException or IOException or System.ComponentModel.Win32Exception)
        {
            throw Fail(new MediaException($"Can not write {path}: {exception.Message}", exception));
        }
        catch (Exception exception)
        {
            Fail(exception);
            throw;
        }

        Exception Fail(Exception error)
        {
            source.Complete(error);
            return error;
        }
    }

    private static string EncodeArguments(VideoWriteOptions options, string format, string? audioCodec)
    {
        const string BitExact = "-map_metadata -1 -map_chapters -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact";
        const string Bt709 = "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv";
        var video = options.Lossless
            ? $"-c:v ffv1 -level 3 -g 1 -slices 4 -slicecrc 1 -pix_fmt bgr0 -threads {EncoderThreads}"
            : $"-vf scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_inp+bitexact,format=yuv420p -c:v libx264 -preset {options.Preset} -crf {options.Crf} -threads {EncoderThreads} {Bt709}";
        var canCopy = format == "matroska" || (audioCodec is not null && Mp4AudioCodecs.Contains(audioCodec));
        var audio = audioCodec is null ? "-an" : canCopy ? "-map 1:a:0 -c:a copy" : "-map 1:a:0 -c:a aac -b:a 192k";
        var container = format == "matroska" ? "-f matroska" : $"-movflags +faststart -f {format}";
        return $"-map 0:v:0 {video} {audio} {BitExact} {container}";
    }
}
