namespace StableVideo.Web.Security;

/// <summary>The section <c>Auth</c> of the configuration: who may use this server.</summary>
public sealed class AuthSettings
{
    /// <summary>Who is let in. Default <see cref="AuthMode.None"/>.</summary>
    public AuthMode Mode { get; set; }

    /// <summary>Tokens of an OpenID Connect issuer, accepted beside keys.</summary>
    public JwtSettings Jwt { get; set; } = new();

    /// <summary>How long a browser stays signed in without being used. Default 12 h.</summary>
    public TimeSpan SignedIn { get; set; } = TimeSpan.FromHours(12);
}

/// <summary>Who is let in.</summary>
public enum AuthMode
{
    /// <summary>Whoever sits at this machine: only loopback addresses can be served.</summary>
    None = 0,

    /// <summary>Whoever has an API key or, where an issuer is named, one of its tokens.</summary>
    Keys = 1,
}

/// <summary>Tokens of an OpenID Connect issuer (JWT bearer).</summary>
public sealed class JwtSettings
{
    /// <summary>Address of the issuer, whose keys are found through its discovery document; <see langword="null"/>: no tokens are accepted.</summary>
    public string? Authority { get; set; }

    /// <summary>What tokens must be made for. Must be set with <see cref="Authority"/>.</summary>
    public string? Audience { get; set; }

    /// <summary>The claim that names the tenant. Default <c>tenant</c>.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The claim with the scopes, separated by blanks. Default <c>scope</c>.</summary>
    public string ScopeClaim { get; set; } = "scope";
}
