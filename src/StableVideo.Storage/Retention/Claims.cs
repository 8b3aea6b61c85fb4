using System.Text.Json;

namespace StableVideo.Storage;

/// <summary>Artifacts that a document names, and until when it keeps them.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Until">Until when; <see langword="null"/>: as long as the document is there.</param>
/// <param name="Artifacts">The artifacts.</param>
public sealed record Claim(RetentionKind Kind, DateTimeOffset? Until, IReadOnlyCollection<ArtifactId> Artifacts);

/// <summary>What a document claims.</summary>
/// <param name="Kind">What it is itself.</param>
/// <param name="Until">Until when it is kept itself; <see langword="null"/>: it must not be deleted.</param>
/// <param name="Claims">What it keeps.</param>
public sealed record DocumentClaims(RetentionKind Kind, DateTimeOffset? Until, IReadOnlyList<Claim> Claims);

/// <summary>Knows one sort of documents that name artifacts.</summary>
public interface IClaimReader
{
    /// <summary>What names of these documents start with.</summary>
    string Prefix { get; }

    /// <summary>What a document claims. Whatever is not understood is claimed for ever.</summary>
    /// <exception cref="JsonException">The document can not be read at all; then nothing may be collected.</exception>
    DocumentClaims Read(NamedDocument document);
}

/// <summary>Results of stages: documents that are kept for some time after they were written or renewed last, with all artifacts they name.</summary>
public sealed class StageResultClaims(string prefix, RetentionPolicy policy) : IClaimReader
{
    /// <inheritdoc/>
    public string Prefix => prefix;

    /// <summary>
    /// The documents in tenants' stores: whole stages, finished keyframes and steps of unfinished stages, what is known of uploaded clips and masks, and
    /// uploads under way.
    /// </summary>
    public static IReadOnlyList<IClaimReader> All(RetentionPolicy policy) =>
    [
        new StageResultClaims("stages/", policy),
        new StageResultClaims("keyframes/", policy),
        new StageResultClaims("checkpoints/", policy),
        new StageResultClaims("videos/", policy),
        new StageResultClaims("uploads/", policy),
    ];

    /// <inheritdoc/>
    public DocumentClaims Read(NamedDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        using var json = JsonDocument.Parse(document.Content);
        return new DocumentClaims(
            RetentionKind.Intermediate,
            document.WrittenAt + policy.Intermediates,
            [new Claim(RetentionKind.Intermediate, null, [.. json.RootElement.ArtifactIds()])]);
    }
}

/// <summary>Artifact ids in JSON.</summary>
public static class JsonArtifactIds
{
    /// <summary>Every artifact id in an element, however deep, as a value or as a property's name.</summary>
    public static IEnumerable<ArtifactId> ArtifactIds(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Parse(element.GetString()),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(ArtifactIds),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Parse(property.Name).Concat(property.Value.ArtifactIds())),
        _ => [],
    };

    private static IEnumerable<ArtifactId> Parse(string? text) => ArtifactId.TryParse(text, out var id) ? [id] : [];
}
