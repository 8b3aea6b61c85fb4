using System.Globalization;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Imaging;
using StableVideo.Web.Hosting;
using StableVideo.Web.Services;

namespace StableVideo.Web.Security;

/// <summary>
/// Looks at the first bytes, then lets ffprobe and ffmpeg, each in a process with limits of its own, read the headers and decode some frames. Only a file
/// that has come through is opened by anything else.
/// </summary>
internal sealed class MediaInspector(IOptions<WebSettings> settings) : IMediaInspector
{
    private const string Containers = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,gif,avi,mpegts,ogg,flv,png_pipe,jpeg_pipe,webp_pipe";
    private const int FramesDecoded = 8;
    private readonly WebSettings _settings = settings.Value;

    public async Task<MediaFacts> InspectAsync(string path, VideoPurpose purpose, CancellationToken cancellationToken)
    {
        var isImage = await SniffAsync(path, purpose, cancellationToken);
        await RunAsync("ffprobe", [.. Input(path), "-show_entries", "stream=width,height", "-select_streams", "v:0", "-of", "csv=p=0"], CheckSize, cancellationToken);
        await RunAsync("ffmpeg", ["-nostdin", "-xerror", .. Input(path), "-map", "v:0", "-frames:v", $"{FramesDecoded}", "-f", "null", "-"], null, cancellationToken);
        return isImage ? Describe(path) : await DescribeAsync(path, cancellationToken);
    }

    private static string[] Input(string path) =>
        ["-v", "error", "-protocol_whitelist", "file", "-format_whitelist", Containers, "-threads", "1", "-i", $"file:{Path.GetFullPath(path)}"];

    private static ProblemException Unreadable(string detail, Exception? cause = null) => new(422, "unreadable-media", "The file can not be used", detail, cause);

    private static async Task<bool> SniffAsync(string path, VideoPurpose purpose, CancellationToken cancellationToken)
    {
        var start = new byte[MediaKind.Length];
        await using var file = File.OpenRead(path);
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        if (length == 0)
            throw Unreadable("The file is empty. Upload it again.");
        if (MediaKind.IsVideo(start.AsSpan(0, length)))
            return false;
        if (!MediaKind.IsImage(start.AsSpan(0, length)))
            throw Unreadable("The file is not a video that can be read. Give an mp4, mov, mkv, webm, avi or gif file.");
        return purpose == VideoPurpose.Mask ? true : throw Unreadable("The file is a single image, not a video. Give an mp4, mov, mkv, webm, avi or gif file.");
    }

    private async Task RunAsync(string program, IEnumerable<string> arguments, Action<string>? check, CancellationToken cancellationToken)
    {
        var ending = await LimitedProcess.RunAsync(_settings.InspectionTime, _settings.InspectionMemory, program, arguments, cancellationToken);
        if (ending.TimedOut)
            throw Unreadable($"Looking at the file took longer than {_settings.InspectionTime.TotalSeconds:0} s. Give a shorter or smaller one.");
        if (!ending.Succeeded)
            throw Unreadable("The file is damaged, or holds no video that can be decoded. Export it again, for example as H.264 in an mp4 file.");
        check?.Invoke(ending.Output);
    }

    private void CheckSize(string output)
    {
        var numbers = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (numbers.Length < 2 || !int.TryParse(numbers[0], CultureInfo.InvariantCulture, out var width) || !int.TryParse(numbers[1], CultureInfo.InvariantCulture, out var height))
            throw Unreadable("The file holds no video.");
        if (width < 2 || height < 2 || width > _settings.LargestSide || height > _settings.LargestSide)
            throw Unreadable($"The file is {width}x{height} pixels. At least 2x2 and at most {_settings.LargestSide}x{_settings.LargestSide} can be used: scale it first.");
    }

    private async Task<MediaFacts> DescribeAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var limits = new DecodeLimits { MaxWidth = _settings.LargestSide, MaxHeight = _settings.LargestSide, MaxFrames = _settings.MostFrames };
            var info = await VideoReader.ProbeAsync(path, new VideoReadOptions { Limits = limits }, cancellationToken);
            return new MediaFacts(info.Width, info.Height, info.FrameRate, info.FrameCount, info.Duration.TotalSeconds, info.Codec);
        }
        catch (MediaException exception)
        {
            throw Unreadable(exception.Message.Replace(path, "The file", StringComparison.Ordinal), exception);
        }
    }

    private MediaFacts Describe(string path)
    {
        try
        {
            var picture = ImageFile.Read(path, 1, new DecodeLimits { MaxWidth = _settings.LargestSide, MaxHeight = _settings.LargestSide });
            return new MediaFacts(picture.Width, picture.Height, 0, 1, null, "image");
        }
        catch (MediaException exception)
        {
            throw Unreadable(exception.Message.Replace(path, "The file", StringComparison.Ordinal), exception);
        }
    }
}
