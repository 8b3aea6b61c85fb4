using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace StableVideo.Web.Webhooks;

/// <summary>
/// Which addresses webhooks may reach: those of the internet, and networks that the operator allows. It is asked when a connection is made, with the
/// very address that is connected to, so that a name can not lead elsewhere between a check and its use.
/// </summary>
internal sealed class ReachableAddresses(IOptions<WebhookSettings> settings)
{
    /// <summary>Networks that are no part of the internet at large; RFC 6890 and the metadata service of one cloud that lies outside of them.</summary>
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] _allowed = [.. settings.Value.AllowedNetworks.Select(IPNetwork.Parse)];

    /// <summary>Whether webhooks may reach an address.</summary>
    public bool Allows(IPAddress address) => IsAllowed(address) || IsPublic(address);

    /// <summary>Whether the operator allows an address by name.</summary>
    public bool IsAllowed(IPAddress address) => _allowed.Any(network => network.Contains(Plain(address)));

    /// <summary>Connects to the first reachable address of a host.</summary>
    /// <exception cref="HttpRequestException">It has none, or none answers.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(host.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        var reachable = addresses.Where(Allows).ToArray();
        if (reachable.Length == 0)
            throw new ForbiddenAddressException($"{host.Host} is not reachable from the internet. Give a public address, or have the operator allow its network (Webhooks:AllowedNetworks).");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsPublic(IPAddress address)
    {
        var plain = Plain(address);
        return (plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain)) && !Special.Any(network => network.Contains(plain));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>A webhook leads to where it must not.</summary>
internal sealed class ForbiddenAddressException(string message) : HttpRequestException(message);
