namespace StableVideo.Web.Security;

/// <summary>Who asks, and what they may do. Every service takes one: there is no way to a tenant's things without naming whose they are.</summary>
/// <param name="Tenant">Whose jobs, videos and artifacts are meant.</param>
/// <param name="KeyId">Id of the API key or subject of the token; <see langword="null"/> for whoever sits at a machine that serves only itself.</param>
/// <param name="Scopes">What is allowed.</param>
public sealed record Caller(string Tenant, string? KeyId, Scopes Scopes)
{
    /// <summary>Whether all of <paramref name="scopes"/> are allowed.</summary>
    public bool May(Scopes scopes) => (Scopes & scopes) == scopes;
}

/// <summary>What a caller may do. On the wire each is a word such as <c>jobs:read</c>.</summary>
[Flags]
public enum Scopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>jobs:read</c>: list and watch jobs, read their artifacts.</summary>
    ReadJobs = 1,

    /// <summary><c>jobs:write</c>: submit, cancel and retry jobs.</summary>
    WriteJobs = 2,

    /// <summary><c>videos:read</c>: read uploaded clips and masks.</summary>
    ReadVideos = 4,

    /// <summary><c>videos:write</c>: upload clips and masks.</summary>
    WriteVideos = 8,

    /// <summary><c>queue:read</c>: see silos, queues and models.</summary>
    ReadQueue = 16,

    /// <summary><c>webhooks:write</c>: make, see, test and delete webhooks.</summary>
    WriteWebhooks = 32,

    /// <summary><c>keys:admin</c>: make and revoke keys of the same tenant.</summary>
    AdministerKeys = 64,

    /// <summary><c>cluster:operate</c>: see the cluster's inside, of all tenants. Given only by who can write the store.</summary>
    OperateCluster = 128,

    /// <summary>All of a tenant's own.</summary>
    All = ReadJobs | WriteJobs | ReadVideos | WriteVideos | ReadQueue | WriteWebhooks | AdministerKeys,
}
