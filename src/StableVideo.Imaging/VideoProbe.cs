using System.Globalization;
using System.Text.Json;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace StableVideo.Imaging;

/// <summary>Turns what ffprobe says about a file into a <see cref="VideoInfo"/>.</summary>
internal static class VideoProbe
{
    private const double LargestRate = 240;

    public static async Task<VideoInfo> ProbeFileAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new MediaException($"No such video file: {path}");
        if (new FileInfo(path).Length == 0)
            throw new MediaException($"{path} is empty (0 bytes).");
        RefuseImage(path);
        var analysis = await AnalyseAsync(path, cancellationToken).ConfigureAwait(false);
        var streams = analysis.Streams ?? [];
        var video = streams.FirstOrDefault(stream => stream.CodecType == "video" && !IsAttachedPicture(stream));
        if (video is null)
        {
            throw new MediaException(streams.Any(stream => stream.CodecType == "audio")
                ? $"{path} holds sound only, no video."
                : NotAVideo(path));
        }

        var info = Describe(path, analysis, video);
        if (info.IsVariableFrameRate)
            info = await MeasureRateAsync(path, info, cancellationToken).ConfigureAwait(false);
        var audio = streams.FirstOrDefault(stream => stream.CodecType == "audio");
        return info with { HasAudio = audio is not null, AudioCodec = audio?.CodecName };
    }

    public static string NotAVideo(string path)
        => $"{path} is not a video this program can read. Give an mp4, mov, mkv, webm or gif file, or a folder of jpg or png images.";

    private static void RefuseImage(string path)
    {
        Span<byte> start = stackalloc byte[16];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (ImageHeader.IsImage(start[..length]))
            throw new MediaException($"{path} is a single image, not a video. Give an mp4, mov, mkv, webm or gif file, or a folder of jpg or png images.");
    }

    private static async Task<FFProbeAnalysis> AnalyseAsync(string path, CancellationToken cancellationToken)
    {
        var options = Ffmpeg.Require();
        try
        {
            var result = await FFProbe.AnalyseAsync(FileUri(path), options, $"-count_packets {Ffmpeg.InputGuard}", cancellationToken).ConfigureAwait(false);
            return result.Raw;
        }
        catch (Exception exception) when (exception is FFMpegException or JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new MediaException(NotAVideo(path), exception);
        }
    }

    /// <summary>Rate and frame count of unevenly spaced frames, from the time stamps of all packets.</summary>
    private static async Task<VideoInfo> MeasureRateAsync(string path, VideoInfo info, CancellationToken cancellationToken)
    {
        var arguments = $"-select_streams {info.StreamIndex} {Ffmpeg.InputGuard}";
        var packets = (await FFProbe.GetPacketsAsync(FileUri(path), Ffmpeg.Require(), arguments, cancellationToken).ConfigureAwait(false)).Packets;
        var (first, last, end, count) = (double.MaxValue, double.MinValue, double.MinValue, 0);
        foreach (var packet in packets)
        {
            if (ReadSeconds(packet.PtsTime) is not { } time)
                continue;
            first = Math.Min(first, time);
            last = Math.Max(last, time);
            end = Math.Max(end, time + (ReadDuration(packet.DurationTime) ?? 0));
            count++;
        }

        if (count < 2 || last <= first)
            return info;
        var rate = FrameRate.Nearest((count - 1) / (last - first));
        return info with
        {
            Rate = rate,
            FrameRate = rate.Value,
            FrameCount = Math.Max(1, (int)Math.Round((end - first) * rate.Value)),
            Duration = TimeSpan.FromSeconds(end - first),
        };
    }

    private static Uri FileUri(string path) => new(Path.GetFullPath(path).Replace("\"", "\\\"", StringComparison.Ordinal));

    private static bool IsAttachedPicture(FFProbeStream stream)
        => stream.Disposition is not null && stream.Disposition.TryGetValue("attached_pic", out var value) && value != 0;

    private static VideoInfo Describe(string path, FFProbeAnalysis analysis, FFProbeStream video)
    {
        var packets = ReadCount(video, "nb_read_packets") ?? ReadCount(video, "nb_frames") ?? 0;
        if (packets == 0)
            throw new MediaException($"{path} has no frames.");
        if (video.Width is not > 0 || video.Height is not > 0)
            throw new MediaException(NotAVideo(path));
        var (rate, isVariable) = ChooseRate(video);
        var duration = ReadDuration(video.Duration) ?? ReadDuration(analysis.Format?.Duration) ?? 0;
        var rotation = ReadRotation(video);
        var (storedWidth, storedHeight) = (video.Width.Value, video.Height.Value);
        var displayWidth = (int)Math.Round(storedWidth * ReadPixelAspect(video));
        var (width, height) = rotation is 90 or 270 ? (storedHeight, displayWidth) : (displayWidth, storedHeight);
        var scale = displayWidth == storedWidth ? string.Empty : $"scale={width}:{height}:flags=bicubic,setsar=1,";
        var (evenWidth, evenHeight) = (width & ~1, height & ~1);
        if (evenWidth < 2 || evenHeight < 2)
            throw new MediaException($"{path} is {width}x{height} pixels; a video needs at least 2x2.");
        var crop = evenWidth == width && evenHeight == height ? string.Empty : $"crop={evenWidth}:{evenHeight}:0:0,";

        int? frames = isVariable && duration > 0 ? Math.Max(1, (int)Math.Round(duration * rate.Value)) : packets;
        return new VideoInfo(evenWidth, evenHeight, rate.Value, rate, frames, TimeSpan.FromSeconds(duration > 0 ? duration : (frames ?? 0) / rate.Value), false, rotation, video.CodecName ?? "unknown")
        {
            IsVariableFrameRate = isVariable,
            StreamIndex = video.Index,
            SizeFilter = scale + crop,
            AssumeBt709 = video.ColorSpace is null or "" or "unknown" && storedHeight >= 720,
        };
    }

    private static (FrameRate Rate, bool IsVariable) ChooseRate(FFProbeStream video)
    {
        var hasBase = FrameRate.TryParse(video.FrameRate, out var smallest) && smallest.Value <= LargestRate;
        if (!FrameRate.TryParse(video.AvgFrameRate, out var average) || average.Value > LargestRate)
            return (hasBase ? smallest : new FrameRate(25, 1), false);
        return hasBase && Math.Abs(smallest.Value - average.Value) <= 0.01 * average.Value ? (smallest, false) : (FrameRate.Nearest(average.Value), true);
    }

    private static int ReadRotation(FFProbeStream video)
    {
        foreach (var sideData in video.SideData ?? [])
        {
            if (sideData.TryGetValue("rotation", out var node) && double.TryParse(node.ToString(), CultureInfo.InvariantCulture, out var degrees))
                return Clockwise(-degrees);
        }

        return video.Tags is not null && video.Tags.TryGetValue("rotate", out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var tag)
            ? Clockwise(tag)
            : 0;

        static int Clockwise(double degrees) => (((int)Math.Round(degrees / 90) % 4) + 4) % 4 * 90;
    }

    private static double ReadPixelAspect(FFProbeStream video)
    {
        var parts = (video.SampleAspectRatio ?? string.Empty).Split(':');
        return parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var x) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var y) && x > 0 && y > 0
            ? (double)x / y
            : 1;
    }

    private static double? ReadDuration(string? text) => ReadSeconds(text) is { } seconds and > 0 ? seconds : null;

    /// <summary>Reads seconds, or hours:minutes:seconds as ffprobe writes them when asked for sexagesimal values.</summary>
    private static double? ReadSeconds(string? text)
    {
        var seconds = 0.0;
        foreach (var part in (text ?? "?").Split(':'))
        {
            if (!double.TryParse(part, CultureInfo.InvariantCulture, out var value))
                return null;
            seconds = (60 * seconds) + value;
        }

        return seconds;
    }

    private static int? ReadCount(FFProbeStream video, string name)
        => video.ExtensionData is not null && video.ExtensionData.TryGetValue(name, out var element)
            && int.TryParse(element.ToString(), CultureInfo.InvariantCulture, out var count) ? count : null;
}
