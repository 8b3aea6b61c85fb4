namespace StableVideo.Web.Security;

/// <summary>What is kept of an API key: the document <c>keys/{id}</c>. The secret is not in it.</summary>
public sealed record KeyRecord
{
    /// <summary>Names the key.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for, in words.</summary>
    public required string Name { get; init; }

    /// <summary>Whose things it opens.</summary>
    public required string Tenant { get; init; }

    /// <summary>What it allows, as words.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>SHA-256 of the secret.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it counts no more; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether it counts.</summary>
    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}
