using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace StableVideo.Diffusion;

/// <summary>SHA-256 over named files, independent of where they lie.</summary>
internal static class ModelDigest
{
    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> Known = new();

    /// <summary>Lower hex digest of the names and contents; the order of the list does not matter.</summary>
    /// <exception cref="ModelException">A file can not be read.</exception>
    public static string Of(IEnumerable<(string Name, string Path)> files)
    {
        var lines = files.OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Name} {OfFile(file.Path)}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    private static string OfFile(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return Known.GetOrAdd((path, file.Length, file.LastWriteTimeUtc), static key =>
            {
                using var content = File.OpenRead(key.Path);
                return Convert.ToHexStringLower(SHA256.HashData(content));
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} can not be read: {error.Message}", error);
        }
    }
}
