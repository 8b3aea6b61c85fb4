using System.Text;

namespace StableVideo.Storage;

/// <summary>
/// The form of a document's name: segments of ASCII letters, digits, <c>.</c>, <c>_</c> and <c>-</c> joined by <c>/</c>, such as <c>stages/ab12</c>;
/// at most 512 characters, no segment empty, <c>.</c> or <c>..</c>. Names are case-sensitive.
/// </summary>
public static class DocumentName
{
    private const int LongestName = 512;
    private const int LongestSegment = 200;

    /// <summary>Returns <paramref name="name"/> if it has the right form.</summary>
    /// <exception cref="ArgumentException">It has not; the message says which part is wrong.</exception>
    public static string Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > LongestName)
            throw new ArgumentException($"A document name has at most {LongestName} characters, this one has {name.Length}: '{name[..64]}...'.", nameof(name));
        foreach (var range in name.AsSpan().Split('/'))
        {
            var segment = name.AsSpan(range);
            if (segment is "" or "." or ".." || segment.Length > LongestSegment || segment.ContainsAnyExcept(Allowed))
            {
                throw new ArgumentException(
                    $"'{segment}' in the document name '{name}' is not allowed. Use 1 to {LongestSegment} ASCII letters, digits, '.', '_' or '-' between slashes.",
                    nameof(name));
            }
        }

        return name;
    }

    /// <summary>
    /// Turns any text into one segment, readable where it can be: allowed characters stay, any other byte of its UTF-8 form becomes <c>_xx</c>
    /// (and <c>_</c> itself <c>_5f</c>), so that different texts give different segments.
    /// </summary>
    public static string Escape(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var escaped = new StringBuilder(text.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            var keep = unit != '_' && Allowed.Contains((char)unit) && (unit != '.' || escaped.Length > 0);
            _ = keep ? escaped.Append((char)unit) : escaped.Append('_').Append(Convert.ToHexStringLower([unit]));
        }

        return escaped.Length <= LongestSegment ? escaped.ToString() : ArtifactId.Of(Encoding.UTF8.GetBytes(text)).Value;
    }

    private static readonly System.Buffers.SearchValues<char> Allowed =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
}
