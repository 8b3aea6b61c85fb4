using System.Net;
using Orleans.Configuration;

namespace StableVideo.Silo;

/// <summary>The section <c>Silo</c> of the configuration.</summary>
internal sealed class SiloSettings
{
    /// <summary>Name of the silo, shown with every stage it computes. Default: the machine's name and the port.</summary>
    public string Name { get; set; } = "";

    /// <summary>The address at which others reach this silo. Default 127.0.0.1.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port for other silos. Default 11111.</summary>
    public int Port { get; set; } = 11111;

    /// <summary>Port for gateways. Default 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary><c>address:port</c> of the silo that keeps the membership table. Default: this one.</summary>
    public string? Primary { get; set; }

    /// <summary>Heavy stages computed at the same time. Default 1.</summary>
    public int HeavySlots { get; set; } = 1;

    public static SiloSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Silo").Get<SiloSettings>() ?? new SiloSettings();
        if (!IPAddress.TryParse(settings.Address, out _))
            throw new InvalidOperationException($"Silo:Address is '{settings.Address}' but must be an IP address.");
        if (settings.Primary is not null && !IPEndPoint.TryParse(settings.Primary, out _))
            throw new InvalidOperationException($"Silo:Primary is '{settings.Primary}' but must be an IP address and a port, such as 10.0.0.1:11111.");
        if (settings.Name.Length == 0)
            settings.Name = $"{Environment.MachineName}-{settings.Port}";
        return settings;
    }

    public IPEndPoint PrimaryEndpoint => Primary is null ? new IPEndPoint(IPAddress.Parse(Address), Port) : IPEndPoint.Parse(Primary);

    public void Apply(EndpointOptions endpoints)
    {
        endpoints.AdvertisedIPAddress = IPAddress.Parse(Address);
        endpoints.SiloPort = Port;
        endpoints.GatewayPort = GatewayPort;
    }
}
