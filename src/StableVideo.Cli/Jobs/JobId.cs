using System.Security.Cryptography;
using System.Text.Json;
using StableVideo.Editing;

namespace StableVideo.Cli.Jobs;

/// <summary>The id of a job. It follows from what is asked, so that the same command finds the job that an earlier process left unfinished.</summary>
public static class JobId
{
    /// <summary>The id: 16 hex digits of the hash of inputs, settings and destination.</summary>
    /// <param name="inputs">The clip, mask and settings.</param>
    /// <param name="destination">Full path of the output.</param>
    public static string Of(JobInputs inputs, string destination)
    {
        var identity = JsonSerializer.SerializeToUtf8Bytes(new { inputs, destination }, EditJson.Options);
        return Convert.ToHexStringLower(SHA256.HashData(identity))[..16];
    }
}
