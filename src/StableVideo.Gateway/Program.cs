using System.Net;
using System.Text.Json.Serialization;
using Orleans.Configuration;
using StableVideo;
using StableVideo.Cluster;
using StableVideo.Gateway;
using StableVideo.Storage;

var builder = WebApplication.CreateBuilder(args);
var store = await (builder.Configuration.GetSection("Store").Get<StoreSettings>() ?? new StoreSettings()).OpenAsync();
var clustering = ClusteringSettings.From(builder.Configuration);
var gateways = builder.Configuration.GetSection("Silos").Get<string[]>() ?? ["127.0.0.1:30000"];

builder.AddLoggingDefaults();
builder.AddTelemetry("stablevideo-gateway");
builder.Services.AddSingleton(store);
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<Problems>();
builder.UseOrleansClient(client =>
{
    if (clustering.Redis is null)
        client.UseStaticClustering([.. gateways.Select(IPEndPoint.Parse)]);
    else
        client.UseRedisClustering(redis => redis.ConfigurationOptions = clustering.RedisOptions());
    client.Services.AddStableVideoMessages();
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
app.UseExceptionHandler();
app.UseStatusCodePages();
app.MapGet("/healthz", () => Results.Ok());
app.MapJobs();
app.MapArtifacts();
await app.RunAsync();
