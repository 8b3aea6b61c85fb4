namespace StableVideo.Web.Uploads;

/// <summary>Registers what uploads need.</summary>
internal static class UploadHosting
{
    public static IServiceCollection AddUploads(this IServiceCollection services) => services
        .AddSingleton<UploadRecords>()
        .AddSingleton<UploadFinisher>()
        .AddSingleton<UploadService>()
        .AddSingleton<UploadSweeper>()
        .AddHostedService(provider => provider.GetRequiredService<UploadSweeper>());
}
