namespace StableVideo.Web.Security;

/// <summary>The section <c>Auth</c> of the configuration: who may use this server.</summary>
public sealed class AuthSettings
{
    /// <summary>Who is let in. Default <see cref="AuthMode.None"/>.</summary>
    public AuthMode Mode { get; set; }
}

/// <summary>Who is let in.</summary>
public enum AuthMode
{
    /// <summary>Whoever sits at this machine: only loopback addresses can be served.</summary>
    None = 0,

    /// <summary>Whoever has an API key.</summary>
    Keys = 1,
}
