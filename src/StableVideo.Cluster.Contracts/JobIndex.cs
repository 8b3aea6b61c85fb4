using System.Globalization;

namespace StableVideo.Cluster;

/// <summary>
/// Names of the documents that list a tenant's jobs, one for each: in ordinal order the latest comes first, so that a page is read without looking at
/// the rest.
/// </summary>
public static class JobIndex
{
    /// <summary>What names of all tenants' entries start with.</summary>
    public const string Prefix = "jobindex/";

    private const int TimeDigits = 19;

    /// <summary>What names of a tenant's entries start with.</summary>
    public static string PrefixOf(string tenant) => $"{Prefix}{tenant}/";

    /// <summary>Name of a job's entry.</summary>
    public static string NameOf(JobKey job, DateTimeOffset submittedAt)
    {
        var left = DateTimeOffset.MaxValue.UtcTicks - submittedAt.UtcTicks;
        return $"{PrefixOf(job.Tenant)}{left.ToString($"D{TimeDigits}", CultureInfo.InvariantCulture)}-{job.Id}";
    }

    /// <summary>The job whose entry has a name.</summary>
    public static JobKey JobOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name[Prefix.Length..].Split('/', 2);
        return new JobKey(parts[0], parts[1][(TimeDigits + 1)..]);
    }
}

/// <summary>An entry of the list of a tenant's jobs, as JSON. Of a job that has not ended it says only what never changes; its grain knows the rest.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="SubmittedAt">When it was first submitted.</param>
/// <param name="Video">Artifact id of the clip.</param>
/// <param name="End">How it ended; <see langword="null"/>: not known to have ended.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="ForegroundPrompt">What the object becomes.</param>
/// <param name="BackgroundPrompt">What the surroundings become.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Until">Name of its last stage; <see langword="null"/>: all are run.</param>
public sealed record JobIndexEntry(
    string Id,
    DateTimeOffset SubmittedAt,
    string Video,
    JobState? End,
    DateTimeOffset? EndedAt,
    string? ForegroundPrompt,
    string? BackgroundPrompt,
    string? Error,
    string? Until = null);
