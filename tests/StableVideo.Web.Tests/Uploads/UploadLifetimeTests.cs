using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StableVideo.Storage;
using StableVideo.Web.Uploads;

namespace StableVideo.Tests.Web.Uploads;

public sealed class UploadLifetimeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_that_nobody_continues_expires_and_is_swept_and_its_parts_are_collected()
    {
        await using var server = await WebServer.StartAsync(new() { ["Web:UploadLifetime"] = "00:00:01" });
        var path = await server.Client.CreateAsync(100);
        using var answer = await server.Client.PatchAsync(path, 0, "some bytes"u8);
        Assert.Equal(10, answer.OffsetOf());
        var part = ArtifactId.Of("some bytes"u8);
        await CollectAsync(server, TimeSpan.FromDays(2));
        Assert.True(await server.Stores.System.ExistsAsync(part, Cancel), "The document of an upload keeps its parts.");

        await Task.Delay(1100, Cancel);
        using var late = await server.Client.PatchAsync(path, 10, "x"u8);
        await late.ProblemAsync(HttpStatusCode.Gone, "upload-expired", "Create a new upload");
        await server.Services.GetRequiredService<UploadSweeper>().SweepAsync(Cancel);
        using var gone = await server.Client.GetAsync(path, Cancel);
        await gone.ProblemAsync(HttpStatusCode.NotFound, "upload-not-found");
        await CollectAsync(server, TimeSpan.FromDays(2));
        Assert.False(await server.Stores.System.ExistsAsync(part, Cancel));
    }

    [Fact]
    public async Task A_complete_upload_whose_gateway_died_is_looked_at_when_somebody_asks()
    {
        var clip = await Clips.ClipAsync();
        await using var server = await WebServer.StartAsync();
        var path = await server.Client.CreateAsync(clip.Length + 1);
        using var answer = await server.Client.PatchAsync(path, 0, clip);
        // What a gateway leaves that is killed between the last part and the look at the file.
        var records = new UploadRecords(server.Stores);
        var id = path[(path.LastIndexOf('/') + 1)..];
        var upload = (await records.FindAsync("default", id, Cancel))!;
        await records.ChangeAsync("default", upload, upload.Record with { Length = clip.Length }, Cancel);
        await using var beside = await WebServer.StartAsync(beside: server);

        Assert.Equal("Ready", (await beside.Client.DecidedAsync(path)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task No_more_is_announced_than_a_tenant_may_store_and_not_too_much_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-quota-").FullName;
        try
        {
            var stores = TenantStores.InFolder(folder, quotas: new TenantQuotas { Bytes = 1000 });
            await using var server = await WebServer.StartAsync(configure: services => services.AddSingleton<UploadService>(provider => new UploadService(
                new UploadRecords(stores), provider.GetRequiredService<UploadFinisher>(), stores, provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<StableVideo.Web.Hosting.WebSettings>>(), TimeProvider.System)));
            await server.Client.CreateAsync(600);
            using var second = await server.Client.SendAsync("POST", "/v1/uploads", null, ("Upload-Length", "600"));
            await second.ProblemAsync(HttpStatusCode.InsufficientStorage, "quota-exceeded", "larger quota");
            for (var more = 0; more < 99; more++)
                await server.Client.CreateAsync(1);
            using var last = await server.Client.SendAsync("POST", "/v1/uploads", null, ("Upload-Length", "1"));
            await last.ProblemAsync(HttpStatusCode.TooManyRequests, "too-many-uploads", "100");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<CollectionReport> CollectAsync(WebServer server, TimeSpan later)
    {
        var clock = new LaterClock(later);
        var stores = TenantStores.InFolder(server.Folder, new ArtifactStoreOptions { Clock = clock });
        return new ArtifactCollector(stores, [], new RetentionPolicy(), clock).CollectAsync(cancellationToken: Cancel);
    }

    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
