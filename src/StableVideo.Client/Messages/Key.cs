namespace StableVideo.Client;

/// <summary>An API key without its secret.</summary>
public sealed record Key
{
    /// <summary>Names it.</summary>
    public required string Id { get; init; }

    /// <summary>What it is for, in words.</summary>
    public required string Name { get; init; }

    /// <summary>What it allows, such as <c>jobs:read</c>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it counts no more; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>A key that is wanted.</summary>
public sealed record KeyRequest
{
    /// <summary>What it is for, in words; 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it is to allow; no more than the key that asks.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>From when on it counts no more; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key that was just made.</summary>
/// <param name="Text">The whole key, <c>sv_...</c>: it is never shown again.</param>
/// <param name="Key">The key.</param>
public sealed record NewKey(string Text, Key Key);
