using System.Text.Json;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Entries of the lists of jobs: they go with the records of their jobs and keep nothing themselves.</summary>
/// <param name="policy">How long records are kept.</param>
public sealed class JobIndexClaims(RetentionPolicy policy) : IClaimReader
{
    /// <inheritdoc/>
    public string Prefix => JobIndex.Prefix;

    /// <inheritdoc/>
    public DocumentClaims Read(NamedDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        using var json = JsonDocument.Parse(document.Content);
        var end = json.RootElement.TryGetProperty("endedAt", out var text) && text.ValueKind == JsonValueKind.String && text.TryGetDateTimeOffset(out var at) ? at : (DateTimeOffset?)null;
        return new DocumentClaims(RetentionKind.JobRecord, end + policy.JobRecords, []);
    }
}
