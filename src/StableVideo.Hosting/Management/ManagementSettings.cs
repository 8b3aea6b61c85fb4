using System.Net;

namespace StableVideo.Hosting;

/// <summary>The section <c>Management</c> of the configuration: where operators and their programs ask how a process is.</summary>
internal sealed class ManagementSettings
{
    /// <summary>Port of <c>/livez</c>, <c>/readyz</c> and <c>/metrics</c>. Not set: there is none of them. Keep it inside of the cluster's network: it asks for no key.</summary>
    public int? Port { get; set; }

    /// <summary>IP address that is listened on. Default 127.0.0.1; <c>0.0.0.0</c> for all.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <exception cref="InvalidOperationException">A setting makes no sense.</exception>
    public static ManagementSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Management").Get<ManagementSettings>() ?? new ManagementSettings();
        if (settings.Port is < 0 or > 65535)
            throw new InvalidOperationException($"Management:Port is {settings.Port} but must be 1 to 65535, or 0 for any that is free.");
        if (!IPAddress.TryParse(settings.Address, out _))
            throw new InvalidOperationException($"Management:Address is '{settings.Address}' but must be an IP address.");
        return settings;
    }
}
