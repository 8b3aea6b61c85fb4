using System.Globalization;
using FFMpegCore;

namespace StableVideo.Imaging;

/// <summary>Where ffmpeg is and how it is called.</summary>
internal static class Ffmpeg
{
    /// <summary>Containers accepted as input; playlists and network protocols are not, so a file can not make ffmpeg open other ones.</summary>
    public const string InputGuard =
        "-protocol_whitelist file -format_whitelist mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,gif,avi,mpegts,mpeg,mpegvideo,ogg,flv,asf,apng,h264,hevc,ivf,yuv4mpegpipe";

    private const string Missing =
        "ffmpeg and ffprobe are needed to read and write videos but are not on the PATH. Install them (Debian, Ubuntu: sudo apt-get install ffmpeg) and try again.";

    /// <summary>Call options; fails if ffmpeg or ffprobe can not be found.</summary>
    /// <param name="searchPath">Folders to look in, separated as in PATH; null for PATH itself.</param>
    /// <exception cref="MediaException">ffmpeg is missing.</exception>
    public static FFOptions Require(string? searchPath = null)
    {
        var folder = FindFolder(searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? string.Empty) ?? throw new MediaException(Missing);
        return new FFOptions { BinaryFolder = folder, TemporaryFilesFolder = Path.GetTempPath() };
    }

    private static string? FindFolder(string searchPath)
    {
        var suffix = OperatingSystem.IsWindows() ? ".exe" : string.Empty;
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "ffmpeg" + suffix)) && File.Exists(Path.Combine(folder, "ffprobe" + suffix)));
    }

    /// <summary>A file name that ffmpeg never takes for a protocol or an option, escaped for a double-quoted argument.</summary>
    public static string FileArgument(string path) => "file:" + Path.GetFullPath(path).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>The last lines ffmpeg wrote, in one line, for an error message.</summary>
    public static string LastWords(IReadOnlyList<string> standardError)
    {
        var lines = standardError.Where(line => !string.IsNullOrWhiteSpace(line)).TakeLast(2);
        return string.Join("; ", lines.Select(line => line.Trim()));
    }

    public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
