using System.Net;
using Orleans.Configuration;
using StableVideo.Cluster;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Onnx;

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

    /// <summary><c>address:port</c> of the silo that keeps the membership table when there is no Redis. Default: this one.</summary>
    public string? Primary { get; set; }

    /// <summary>What it computes: <c>gpu</c>, <c>cpu</c> or <c>cpu, gpu</c>. Default: both.</summary>
    public string Role { get; set; } = "cpu, gpu";

    /// <summary>Heavy stages computed at the same time. Default 1.</summary>
    public int Slots { get; set; } = 1;

    /// <summary>The pool whose scheduler it works for. Default: <c>default</c>.</summary>
    public string Pool { get; set; } = ISchedulerGrain.DefaultPool;

    /// <summary>Where image models run: <c>cpu</c> or the ordinal of a CUDA device. Default: cpu.</summary>
    public string Device { get; set; } = "cpu";

    /// <summary>Most memory that the decoded frames of a clip may take, in MiB. Default 1536.</summary>
    public int FrameMemory { get; set; } = 1536;

    /// <summary>Whether stages that paint show pictures of what they have done so far, for at most 4 % of their time. Default: yes.</summary>
    public bool Previews { get; set; } = true;

    /// <summary>Seconds it may take to hand its stages back when it stops. Default 20.</summary>
    public int DrainSeconds { get; set; } = 20;

    public static SiloSettings From(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Silo").Get<SiloSettings>() ?? new SiloSettings();
        if (!IPAddress.TryParse(settings.Address, out _))
            throw new InvalidOperationException($"Silo:Address is '{settings.Address}' but must be an IP address.");
        if (settings.Primary is not null && !IPEndPoint.TryParse(settings.Primary, out _))
            throw new InvalidOperationException($"Silo:Primary is '{settings.Primary}' but must be an IP address and a port, such as 10.0.0.1:11111.");
        if (settings.FrameMemory <= 0)
            throw new InvalidOperationException($"Silo:FrameMemory is {settings.FrameMemory} but must be above zero (MiB).");
        if (settings.DrainSeconds <= 0)
            throw new InvalidOperationException($"Silo:DrainSeconds is {settings.DrainSeconds} but must be above zero.");
        _ = (settings.Roles, settings.Network);
        if (settings.Name.Length == 0)
            settings.Name = $"{Environment.MachineName}-{settings.Port}";
        return settings;
    }

    public IPEndPoint PrimaryEndpoint => Primary is null ? new IPEndPoint(IPAddress.Parse(Address), Port) : IPEndPoint.Parse(Primary);

    /// <summary>The host stops for good this long after it was asked to: hand-back first, then the silo.</summary>
    public TimeSpan ShutdownTime => TimeSpan.FromSeconds(DrainSeconds + 10);

    public StageRunnerOptions Budget => new() { FrameMemory = (long)FrameMemory << 20, Previews = Previews, ImageModels = new ImageModelOptions { Network = Network } };

    private SiloRoles Roles => Enum.TryParse<SiloRoles>(Role, ignoreCase: true, out var roles) && roles is > SiloRoles.None and <= (SiloRoles.Cpu | SiloRoles.Gpu)
        ? roles
        : throw new InvalidOperationException($"Silo:Role is '{Role}' but must be 'gpu', 'cpu' or 'cpu, gpu'.");

    private NetworkOptions Network => Device.Equals("cpu", StringComparison.OrdinalIgnoreCase) ? NetworkOptions.Default
        : int.TryParse(Device, out var ordinal) && ordinal >= 0 ? NetworkOptions.Default with { Provider = ExecutionProvider.Cuda, Device = ordinal }
        : throw new InvalidOperationException($"Silo:Device is '{Device}' but must be 'cpu' or the number of a CUDA device, such as 0.");

    public void Apply(EndpointOptions endpoints)
    {
        endpoints.AdvertisedIPAddress = IPAddress.Parse(Address);
        endpoints.SiloPort = Port;
        endpoints.GatewayPort = GatewayPort;
    }

    public void Apply(StageOptions stages) =>
        (stages.Roles, stages.Slots, stages.Pool, stages.DrainTime) = (Roles, Slots, Pool, TimeSpan.FromSeconds(DrainSeconds));
}
