using System.CommandLine;
using StableVideo.Cli.Failures;
using StableVideo.Client;

namespace StableVideo.Cli.Server;

/// <summary>The options that name a server.</summary>
internal sealed class ServerAccess
{
    private const string ServerVariable = "STABLEVIDEO_SERVER";
    private const string KeyVariable = "STABLEVIDEO_KEY";

    /// <summary>The server's address.</summary>
    public Option<string?> Server { get; } = new("--server")
    {
        Description = $"Address of a server, such as http://localhost:8080. [default: {ServerVariable}]",
        HelpName = "URL",
    };

    /// <summary>An API key.</summary>
    public Option<string?> Key { get; } = new("--key") { Description = $"API key of the server. [default: {KeyVariable}, which other users of the machine do not see]", HelpName = "KEY" };

    /// <summary>A client of the server that was named; <see langword="null"/> when none was.</summary>
    public StableVideoClient? Find(ParseResult parsed)
    {
        var server = parsed.GetValue(Server) ?? FromEnvironment(ServerVariable);
        if (server is null) return null;
        var text = server.Contains("://", StringComparison.Ordinal) ? server : $"http://{server}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw CommandException.BadInput($"'{server}' is not the address of a server. Use one such as http://localhost:8080.");
        return new StableVideoClient(address, new StableVideoClientOptions { Key = parsed.GetValue(Key) ?? FromEnvironment(KeyVariable) });
    }

    /// <summary>A client of the server that must be named.</summary>
    public StableVideoClient Require(ParseResult parsed) =>
        Find(parsed) ?? throw CommandException.BadInput($"Which server? Give --server URL, such as --server http://localhost:8080, or set {ServerVariable}. 'stablevideo up' starts one.");

    private static string? FromEnvironment(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
