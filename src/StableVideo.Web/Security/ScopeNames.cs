namespace StableVideo.Web.Security;

/// <summary>The words for <see cref="Scopes"/> in keys, tokens and messages.</summary>
public static class ScopeNames
{
    private static readonly (Scopes Scope, string Name)[] All =
    [
        (Scopes.ReadJobs, "jobs:read"),
        (Scopes.WriteJobs, "jobs:write"),
        (Scopes.ReadVideos, "videos:read"),
        (Scopes.WriteVideos, "videos:write"),
        (Scopes.ReadQueue, "queue:read"),
        (Scopes.WriteWebhooks, "webhooks:write"),
        (Scopes.AdministerKeys, "keys:admin"),
        (Scopes.OperateCluster, "cluster:operate"),
    ];

    /// <summary>All words, in order.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. All.Select(pair => pair.Name)];

    /// <summary>The words, separated by blanks, as tokens have them.</summary>
    public static string Of(Scopes scopes) => string.Join(' ', List(scopes));

    /// <summary>The words.</summary>
    public static IReadOnlyList<string> List(Scopes scopes) => [.. All.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Name)];

    /// <summary>Reads words; those that are not known count as nothing.</summary>
    public static Scopes Parse(IEnumerable<string> words) =>
        words.Aggregate(Scopes.None, (scopes, word) => scopes | All.FirstOrDefault(pair => pair.Name == word).Scope);
}
