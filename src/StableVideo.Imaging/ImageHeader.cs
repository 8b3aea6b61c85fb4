using System.Buffers.Binary;

namespace StableVideo.Imaging;

/// <summary>Reads a picture's size from its first bytes, so that limits can be checked before anything is decoded.</summary>
internal static class ImageHeader
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static bool IsImage(ReadOnlySpan<byte> bytes)
        => bytes.StartsWith(PngSignature) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) || bytes.StartsWith("BM"u8)
            || bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8)
            || (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8));

    /// <summary>Size of a PNG or JPEG as stored (before EXIF orientation); false for other formats and broken headers.</summary>
    public static bool TryReadSize(ReadOnlySpan<byte> bytes, out int width, out int height)
    {
        (width, height) = (0, 0);
        if (bytes.StartsWith(PngSignature) && bytes.Length >= 24)
        {
            width = BinaryPrimitives.ReadInt32BigEndian(bytes[16..]);
            height = BinaryPrimitives.ReadInt32BigEndian(bytes[20..]);
            return true;
        }

        return bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) && TryReadJpegSize(bytes, out width, out height);
    }

    private static bool TryReadJpegSize(ReadOnlySpan<byte> bytes, out int width, out int height)
    {
        (width, height) = (0, 0);
        var position = 2;
        while (position + 9 < bytes.Length && bytes[position] == 0xFF)
        {
            var marker = bytes[position + 1];
            if (marker == 0xFF)
            {
                position++;
                continue;
            }

            var isFrameHeader = marker is >= 0xC0 and <= 0xCF and not 0xC4 and not 0xC8 and not 0xCC;
            if (isFrameHeader)
            {
                height = BinaryPrimitives.ReadUInt16BigEndian(bytes[(position + 5)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(bytes[(position + 7)..]);
                return true;
            }

            position += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(position + 2)..]);
        }

        return false;
    }
}
