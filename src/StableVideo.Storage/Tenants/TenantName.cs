namespace StableVideo.Storage;

/// <summary>The form of a tenant's name: 1 to 64 ASCII letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, but not <c>.</c> or <c>..</c>. Names are case-sensitive.</summary>
public static class TenantName
{
    /// <summary>The tenant of those who name none.</summary>
    public const string Default = "default";

    private const int Longest = 64;

    private static readonly System.Buffers.SearchValues<char> Allowed =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Whether <paramref name="name"/> has the right form.</summary>
    public static bool IsValid(string? name) => name is { Length: >= 1 and <= Longest } and not ("." or "..") && !name.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Returns <paramref name="name"/> if it has the right form.</summary>
    /// <exception cref="ArgumentException">It has not.</exception>
    public static string Check(string? name) => IsValid(name)
        ? name!
        : throw new ArgumentException(
            $"'{(name is { Length: > Longest } ? name[..Longest] + "..." : name)}' is not a tenant's name. Use 1 to {Longest} ASCII letters, digits, '-', '_' or '.', and not '.' or '..' alone.",
            nameof(name));
}
