using Orleans.Configuration;
using Orleans.Runtime.MembershipService.SiloMetadata;
using StableVideo;
using StableVideo.Cluster;
using StableVideo.Diffusion;
using StableVideo.Silo;
using StableVideo.Storage;

var builder = Host.CreateApplicationBuilder(args);
var settings = SiloSettings.From(builder.Configuration);
var store = await (builder.Configuration.GetSection("Store").Get<StoreSettings>() ?? new StoreSettings()).OpenAsync();

builder.AddLoggingDefaults();
builder.AddTelemetry("stablevideo-silo");
builder.UseOrleans(silo => silo
    .UseDevelopmentClustering(settings.PrimaryEndpoint)
    .UseSiloMetadata()
    .Configure<SiloOptions>(options => options.SiloName = settings.Name)
    .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("stablevideo", "stablevideo"))
    .Configure<EndpointOptions>(settings.Apply)
    .AddStableVideo(store, _ => new StageRunnerExecutor(store, new ModelCatalogue()), options => options.HeavySlots = settings.HeavySlots));

await builder.Build().RunAsync();
