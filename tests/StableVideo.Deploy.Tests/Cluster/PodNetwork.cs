using System.Security.Cryptography;

namespace StableVideo.Tests.Deploy.Cluster;

/// <summary>A bridge, and network namespaces on it with an address and a file of hosts each: what pods have.</summary>
internal sealed class PodNetwork : IDisposable
{
    private readonly string _id = RandomNumberGenerator.GetHexString(4, lowercase: true);
    private readonly string _subnet = $"10.{RandomNumberGenerator.GetInt32(200, 250)}.{RandomNumberGenerator.GetInt32(1, 250)}";
    private readonly List<string> _namespaces = [];
    private readonly Dictionary<string, string> _hosts = [];

    private PodNetwork()
    {
    }

    private string Bridge => $"svb{_id}";

    /// <summary>Makes one; skips the running test, with a reason, where that is not allowed.</summary>
    public static PodNetwork Create()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/sbin/ip"), "Needs Linux with iproute2.");
        var network = new PodNetwork();
        var (code, _, errors) = Tools.Try("/usr/sbin/ip", ["link", "add", network.Bridge, "type", "bridge"]);
        Assert.SkipUnless(code == 0, $"Making networks needs root: {errors.Trim()}");
        Ip("addr", "add", $"{network._subnet}.1/24", "dev", network.Bridge);
        Ip("link", "set", network.Bridge, "up");
        return network;
    }

    /// <summary>Adds a namespace; returns its name and address.</summary>
    public (string Namespace, string Address) Add()
    {
        var number = _namespaces.Count + 10;
        var (name, outer, inner, address) = ($"sv{_id}-{number}", $"sv{_id}{number}", $"sw{_id}{number}", $"{_subnet}.{number}");
        Ip("netns", "add", name);
        _namespaces.Add(name);
        Ip("link", "add", outer, "type", "veth", "peer", "name", inner);
        Ip("link", "set", outer, "master", Bridge, "up");
        Ip("link", "set", inner, "netns", name);
        Ip("-n", name, "addr", "add", $"{address}/24", "dev", inner);
        Ip("-n", name, "link", "set", inner, "up");
        Ip("-n", name, "link", "set", "lo", "up");
        return (name, address);
    }

    /// <summary>Lets all namespaces find an address by a name, as a service does.</summary>
    public void Name(string host, string address) => _hosts[host] = address;

    /// <summary>The address that a service's name leads to.</summary>
    public string AddressOf(string host) => _hosts[host];

    /// <summary>Writes the names; processes that are started later see them.</summary>
    public void Publish()
    {
        foreach (var name in _namespaces)
        {
            Directory.CreateDirectory($"/etc/netns/{name}");
            File.WriteAllLines($"/etc/netns/{name}/hosts", _hosts.Select(host => $"{host.Value} {host.Key}").Prepend("127.0.0.1 localhost"));
        }
    }

    public void Dispose()
    {
        foreach (var name in _namespaces)
        {
            _ = Tools.Try("/usr/sbin/ip", ["netns", "del", name]);
            if (Directory.Exists($"/etc/netns/{name}"))
                Directory.Delete($"/etc/netns/{name}", recursive: true);
        }

        _ = Tools.Try("/usr/sbin/ip", ["link", "del", Bridge]);
    }

    private static void Ip(params string[] arguments) => Tools.Run("/usr/sbin/ip", arguments);
}
