using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace StableVideo.Cluster;

/// <summary>Clustering for a silo that is alone.</summary>
internal static class SoleSilo
{
    /// <summary>
    /// The silo is its own membership table, accepts no connection, and listens on a port the system chooses, so that any number of them start at
    /// once. The advertised port names the silo and is never connected to.
    /// </summary>
    public static ISiloBuilder UseSoleSilo(this ISiloBuilder silo)
    {
        var name = new IPEndPoint(IPAddress.Loopback, 11111);
        silo.UseDevelopmentClustering(name);
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("local", "stablevideo"));
        silo.Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = name.Address;
            options.SiloPort = name.Port;
            options.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, 0);
            options.GatewayPort = 0;
        });
        silo.Configure<SiloConnectionOptions>(options => options.ConfigureSiloInboundConnection(connection => connection.Use(_ => context =>
        {
            context.Abort();
            return Task.CompletedTask;
        })));
        return silo;
    }
}
