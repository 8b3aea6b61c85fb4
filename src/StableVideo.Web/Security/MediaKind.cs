namespace StableVideo.Web.Security;

/// <summary>Tells files apart by their first bytes. Playlists, scripts and vector graphics, which make a decoder open other files, are no kind.</summary>
internal static class MediaKind
{
    /// <summary>Bytes needed.</summary>
    public const int Length = 512;

    private static readonly string[] Mp4Boxes = ["ftyp", "moov", "mdat", "wide", "free", "skip"];

    public static bool IsVideo(ReadOnlySpan<byte> start) =>
        (start.Length >= 12 && Mp4Boxes.Any(Box(start).SequenceEqual))
        || start.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])
        || (start.StartsWith("RIFF"u8) && start.Length >= 12 && start[8..].StartsWith("AVI "u8))
        || start.StartsWith("GIF87a"u8)
        || start.StartsWith("GIF89a"u8)
        || start.StartsWith("OggS"u8)
        || start.StartsWith("FLV\x01"u8)
        || (start.Length > 188 && start[0] == 0x47 && start[188] == 0x47);

    public static bool IsImage(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
        || start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || (start.StartsWith("RIFF"u8) && start.Length >= 12 && start[8..].StartsWith("WEBP"u8));

    private static string Box(ReadOnlySpan<byte> start) => System.Text.Encoding.Latin1.GetString(start.Slice(4, 4));
}
