using System.Text.Json.Serialization;
using StableVideo.Client;
using StableVideo.Storage;

namespace StableVideo.Web.Uploads;

/// <summary>An upload as it is kept: the document <c>uploads/{id}</c> in its tenant's store, which also keeps the parts received so far.</summary>
internal sealed record UploadRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Bytes expected.</summary>
    public required long Length { get; init; }

    /// <summary>What the file is for.</summary>
    public VideoPurpose Purpose { get; init; }

    /// <summary>The file's name.</summary>
    public string? Name { get; init; }

    /// <summary>The header <c>Upload-Metadata</c> as it was sent.</summary>
    public string? Metadata { get; init; }

    /// <summary>When it is dropped unless it goes on.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What was received, in order; empty again once the file was looked at.</summary>
    public IReadOnlyList<UploadPart> Parts { get; init; } = [];

    /// <summary>Id of the video it became.</summary>
    public string? Video { get; init; }

    /// <summary>Why the file was refused.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the file was looked at.</summary>
    [JsonIgnore]
    public bool IsDecided => Video is not null || Error is not null;

    /// <summary>Bytes received.</summary>
    [JsonIgnore]
    public long Offset => IsDecided ? Length : Parts.Sum(part => part.Bytes);

    /// <summary>Whether all bytes are there and the file was not looked at yet.</summary>
    [JsonIgnore]
    public bool IsDue => !IsDecided && Offset == Length;
}

/// <summary>Some bytes of an upload.</summary>
/// <param name="Artifact">Where they are.</param>
/// <param name="Bytes">How many.</param>
internal sealed record UploadPart(ArtifactId Artifact, long Bytes);
