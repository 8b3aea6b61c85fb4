using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StableVideo.Client;
using StableVideo.Web.Services;

namespace StableVideo.Web.Uploads;

/// <summary>The headers of tus 1.0.</summary>
internal static class TusHeaders
{
    public const string Resumable = "Tus-Resumable";
    public const string Version = "1.0.0";
    public const string Extensions = "creation,creation-with-upload,checksum,expiration,termination";
    public const string Algorithms = "sha1,sha256";
    public const string ContentType = "application/offset+octet-stream";
    private const int LongestMetadata = 4096;

    /// <summary>A number of bytes in a header.</summary>
    /// <exception cref="ProblemException">It is missing or no such number.</exception>
    public static long Bytes(HttpRequest request, string name) =>
        long.TryParse(request.Headers[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : throw Problem.Invalid($"The header {name} must be given as a whole number of bytes.");

    /// <summary>Reads <c>Upload-Metadata</c>: keys with values in Base64.</summary>
    /// <exception cref="ProblemException">It has another form.</exception>
    public static Dictionary<string, string> Metadata(string header)
    {
        if (header.Length > LongestMetadata)
            throw Problem.Invalid($"Upload-Metadata has {header.Length} characters but may have {LongestMetadata}.");
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split(' ', 2);
            var bytes = new byte[pair.Length];
            if (parts[0].Length == 0 || !Convert.TryFromBase64String(parts.Length > 1 ? parts[1] : "", bytes, out var length))
                throw Problem.Invalid("Upload-Metadata must be a list of keys, each followed by a blank and a value in Base64, with commas between.");
            metadata[parts[0]] = Encoding.UTF8.GetString(bytes, 0, length);
        }

        return metadata;
    }

    /// <summary>The metadata <c>purpose</c>.</summary>
    public static VideoPurpose? Purpose(Dictionary<string, string> metadata) =>
        !metadata.TryGetValue("purpose", out var text) ? null
        : Enum.TryParse<VideoPurpose>(text, ignoreCase: true, out var purpose) && Enum.IsDefined(purpose) && !char.IsAsciiDigit(text[0]) ? purpose
        : throw Problem.Invalid("The metadata 'purpose' must be Clip or Mask.");

    /// <summary>Reads <c>Upload-Checksum</c>; <see langword="null"/> when there is none.</summary>
    /// <exception cref="ProblemException">It has another form, or an algorithm that is not known.</exception>
    public static (HashAlgorithmName Algorithm, byte[] Hash)? Checksum(string header)
    {
        if (header.Length == 0)
            return null;
        var parts = header.Split(' ', 2);
        var (algorithm, length) = parts[0] switch
        {
            "sha1" => (HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
            "sha256" => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
            _ => throw Problem.Invalid($"The algorithm of Upload-Checksum must be one of {Algorithms}."),
        };
        var hash = new byte[length + 2];
        return parts.Length == 2 && parts[1].Length < 100 && Convert.TryFromBase64String(parts[1], hash, out var written) && written == length
            ? (algorithm, hash[..length])
            : throw Problem.Invalid("Upload-Checksum must be an algorithm, a blank and the hash in Base64.");
    }
}
