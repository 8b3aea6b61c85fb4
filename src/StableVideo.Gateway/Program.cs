using System.Net;
using Orleans.Configuration;
using Orleans.Dashboard;
using StableVideo.Cluster;
using StableVideo.Gateway;
using StableVideo.Hosting;
using StableVideo.Storage;
using StableVideo.Web.Hosting;

var builder = WebApplication.CreateBuilder(args);
var stores = await (builder.Configuration.GetSection("Store").Get<StoreSettings>() ?? new StoreSettings()).OpenTenantsAsync();
var clustering = ClusteringSettings.From(builder.Configuration);
// The inside of Orleans, for operators; silos must have it too.
var withDashboard = builder.Configuration.GetValue<bool>("Dashboard:Enabled");
var gateways = builder.Configuration.GetSection("Silos").Get<string[]>() ?? ["127.0.0.1:30000"];

builder.AddServiceDefaults("stablevideo-gateway", Environment.MachineName);
builder.Services.AddSingleton<IReadinessCheck, ClusterCheck>().AddSingleton<IReadinessCheck, StoreCheck>();
builder.Services.AddSingleton<IManagementRoutes, ScalingRoutes>();
builder.AddStableVideoWeb(stores);
builder.UseOrleansClient(client =>
{
    if (clustering.Redis is null)
        client.UseStaticClustering([.. gateways.Select(IPEndPoint.Parse)]);
    else
        client.UseRedisClustering(redis => redis.ConfigurationOptions = clustering.RedisOptions());
    client.Services.AddStableVideoMessages();
    client.AddActivityPropagation();
    if (withDashboard)
        client.AddDashboard();
    client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clustering.ClusterId, "stablevideo"))
        // A silo that dies leaves its calls unanswered: give up soon, all calls can be repeated.
        .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(10))
        .Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5))
        .UseConnectionRetryFilter(async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            return true;
        });
});

var app = builder.Build();
app.MapStableVideoWeb();
if (withDashboard)
    app.MapOrleansDashboard("/operations/orleans").RequireOperator();
await app.RunAsync();
