using System.Text.Json;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>
/// What the records of jobs keep: <c>grains/videojob/{key}/state</c>, read as JSON and without the classes that write it, so that records of other
/// versions are understood as far as it matters. A job whose state is not known to be an end has not ended.
/// </summary>
/// <param name="policy">How long ended jobs keep what they name.</param>
public sealed class JobClaims(RetentionPolicy policy) : IClaimReader
{
    private static readonly string[] Ends = [nameof(JobState.Completed), nameof(JobState.Failed), nameof(JobState.Cancelled)];

    /// <inheritdoc/>
    public string Prefix => "grains/videojob/";

    /// <summary>All that a cluster writes into the system's store and that names artifacts, or goes with what does.</summary>
    public static IReadOnlyList<IClaimReader> All(RetentionPolicy policy) => [new JobClaims(policy), new JobIndexClaims(policy)];

    /// <inheritdoc/>
    public DocumentClaims Read(NamedDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        using var json = JsonDocument.Parse(document.Content);
        var job = json.RootElement;
        var all = job.ArtifactIds().ToHashSet();
        if (EndOf(job) is not { } end)
            return new DocumentClaims(RetentionKind.JobRecord, null, [new Claim(RetentionKind.Result, null, all)]);

        var inputs = Property(job, "request")?.ArtifactIds().ToHashSet() ?? [];
        var intermediates = Stages(job)
            .Where(stage => Text(stage, "stage") is { } name && name != nameof(JobStage.Compose))
            .SelectMany(JsonArtifactIds.ArtifactIds)
            .ToHashSet();
        var results = all.Except(inputs).Except(intermediates).ToHashSet();
        results.UnionWith(Stages(job).Where(stage => Text(stage, "stage") == nameof(JobStage.Compose)).SelectMany(JsonArtifactIds.ArtifactIds));
        return new DocumentClaims(RetentionKind.JobRecord, end + policy.JobRecords,
        [
            new Claim(RetentionKind.Result, end + policy.Results, results),
            new Claim(RetentionKind.Input, end + policy.Inputs, inputs),
            new Claim(RetentionKind.Intermediate, end + policy.Intermediates, intermediates),
        ]);
    }

    private static DateTimeOffset? EndOf(JsonElement job) =>
        Ends.Contains(Text(job, "state")) && Property(job, "endedAt") is { ValueKind: JsonValueKind.String } end && end.TryGetDateTimeOffset(out var at) ? at : null;

    private static JsonElement[] Stages(JsonElement job) =>
        Property(job, "stages") is { ValueKind: JsonValueKind.Array } stages ? [.. stages.EnumerateArray()] : [];

    private static string? Text(JsonElement element, string name) => Property(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
}
