using System.Security.Cryptography;
using System.Text;
using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>Ids of jobs.</summary>
public static class JobId
{
    /// <summary>An id that follows from what the job is to do: the same edit of the same clip gets the same id, and so continues where it was left.</summary>
    public static string For(JobInputs inputs)
    {
        var request = JobMessages.ToRequest(inputs);
        var text = string.Join('\n', request.Video, request.Mask, request.MaskKind, request.Settings);
        // Appended, so that jobs without them keep the ids they had before there were any.
        if (request.ProtectBackground is not null || request.ProtectForeground is not null)
            text += $"\n{request.ProtectBackground}\n{request.ProtectForeground}";
        foreach (var mark in request.Marks ?? [])
            text += $"\nmark {mark.Frame} {mark.Mask}";
        if (request.Until is not null)
            text += $"\nuntil {request.Until}";
        return $"edit-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 10))}";
    }
}
