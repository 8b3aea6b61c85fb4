using System.Security.Cryptography;
using System.Text;
using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>Ids of jobs.</summary>
public static class JobId
{
    private const int Longest = 128;

    /// <summary>An id that follows from what the job is to do: the same edit of the same clip gets the same id, and so continues where it was left.</summary>
    public static string For(JobInputs inputs)
    {
        var request = JobMessages.ToRequest(inputs);
        var text = string.Join('\n', request.Video, request.Mask, request.MaskKind, request.Settings);
        return $"edit-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 10))}";
    }

    /// <summary>Whether <paramref name="id"/> is 1 to 128 ASCII letters, digits, <c>.</c>, <c>_</c> or <c>-</c>, starting with a letter or digit.</summary>
    public static bool IsValid(string id) => id is { Length: > 0 and <= Longest }
        && char.IsAsciiLetterOrDigit(id[0])
        && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');
}
