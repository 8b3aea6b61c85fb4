using Microsoft.Extensions.DependencyInjection.Extensions;
using StableVideo.Storage;
using StableVideo.Web.Api;
using StableVideo.Web.Api.OpenApi;
using StableVideo.Web.Security;
using StableVideo.Web.Services;
using StableVideo.Web.Studio;
using StableVideo.Web.Uploads;
using StableVideo.Web.Webhooks;

namespace StableVideo.Web.Hosting;

/// <summary>Makes a web application a StableVideo server. The application also needs an <see cref="IGrainFactory"/>: a silo's own, or that of a cluster client.</summary>
public static class WebHostExtensions
{
    /// <summary>Adds services, the HTTP interface and its security.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="stores">Where clips, results and the state of jobs are kept; disposing them stays with the caller.</param>
    public static WebApplicationBuilder AddStableVideoWeb(this WebApplicationBuilder builder, ITenantStores stores)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.Configure<WebSettings>(builder.Configuration.GetSection("Web"));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(stores);
        services.AddSingleton<VideoRecords>();
        services.AddSingleton<VideoFrames>();
        services.AddSingleton<JobNames>();
        services.AddSingleton<JobList>();
        services.AddSingleton<IJobs, JobService>();
        services.AddSingleton<IVideos, VideoService>();
        services.AddUploads();
        services.AddWebhooks(builder.Configuration);
        services.AddSingleton<ProblemWriter>();
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = ProblemWriter.Customize);
        services.AddExceptionHandler<ProblemWriter>();
        services.ConfigureHttpJsonOptions(json => WireMessages.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddApiDescription();
        services.AddStudio();
        builder.AddSecurity();
        return builder;
    }

    /// <summary>Lets only operators of the cluster in: callers with the scope <c>cluster:operate</c>.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.RequireScopes(Scopes.OperateCluster);

    /// <summary>Adds middleware and routes.</summary>
    public static WebApplication MapStableVideoWeb(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => context.HttpContext.RequestServices.GetRequiredService<ProblemWriter>().WriteStatusAsync(context.HttpContext));
        app.UseSecurity();
        app.MapOpenApi("/v1/openapi.json").AllowAnonymous();
        app.MapJobs();
        app.MapVideos();
        app.MapUploads();
        app.MapWebhooks();
        app.MapCluster();
        app.MapSecurity();
        app.MapStudio();
        return app;
    }
}
