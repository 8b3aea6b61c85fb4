namespace StableVideo.Storage;

/// <summary>An artifact's path on the local disk. Dispose it when the path is no longer used; the artifact itself stays.</summary>
public sealed class LocalFile : IDisposable
{
    private readonly bool _temporary;

    /// <summary>Hands out <paramref name="path"/>.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <param name="temporary">Whether the path (a link or a copy) goes away with this object.</param>
    public LocalFile(string path, bool temporary) => (Path, _temporary) = (path, temporary);

    /// <summary>Full path; read only.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary)
            File.Delete(Path);
    }

    internal static string CheckExtension(string extension)
    {
        ArgumentNullException.ThrowIfNull(extension);
        var bare = extension.StartsWith('.') ? extension[1..] : extension;
        foreach (var character in bare)
        {
            if (!char.IsAsciiLetterOrDigit(character))
                throw new ArgumentException($"'{extension}' is not a file extension. Use letters and digits, such as '.mp4'.", nameof(extension));
        }

        return bare.Length == 0 ? string.Empty : "." + bare;
    }
}
