using StackExchange.Redis;

namespace StableVideo.Hosting;

/// <summary>The section <c>Clustering</c> of the configuration: how silos and gateways find one another.</summary>
public sealed class ClusteringSettings
{
    /// <summary>Name of the cluster; those of another name are not seen. Default <c>stablevideo</c>.</summary>
    public string ClusterId { get; set; } = "stablevideo";

    /// <summary>
    /// Connection string of the Redis that keeps the list of silos, such as <c>redis:6379,password=...</c>. Without one, one silo keeps the list
    /// in its memory: for tests and single machines.
    /// </summary>
    public string? Redis { get; set; }

    /// <summary>Reads the section.</summary>
    public static ClusteringSettings From(IConfiguration configuration) =>
        configuration.GetSection("Clustering").Get<ClusteringSettings>() ?? new ClusteringSettings();

    /// <summary>Keeps trying while Redis is away: nothing but the list of silos is in it.</summary>
    /// <exception cref="InvalidOperationException">There is no Redis.</exception>
    public ConfigurationOptions RedisOptions()
    {
        var options = ConfigurationOptions.Parse(Redis ?? throw new InvalidOperationException("Clustering:Redis is not set."));
        options.AbortOnConnectFail = false;
        return options;
    }
}
