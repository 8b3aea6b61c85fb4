using System.Net;
using StableVideo.Storage;
using StableVideo.Tests.Storage;

namespace StableVideo.Tests.Web.Api;

/// <summary>Large artifacts on blob storage are read from there.</summary>
public sealed class SignedAddressTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_large_artifact_is_read_from_the_store_by_an_address_that_anybody_may_use_for_a_while()
    {
        await using var server = await StartAsync(new() { ["Web:RedirectToStore"] = "true", ["Web:LeastRedirected"] = "100000" });
        await server.RunJobAsync("large", await server.UploadClipAsync());
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Client.BaseAddress };
        using var answer = await client.GetAsync("/v1/jobs/large/artifacts/video?download=true", Cancel);

        Assert.Equal((HttpStatusCode.Redirect, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
        Assert.Equal(azurite.Address, answer.Headers.Location!.Authority);
        using var direct = await client.GetAsync(answer.Headers.Location, Cancel);
        Assert.Equal(("video/mp4", "large-video.mp4"), (direct.Content.Headers.ContentType?.MediaType, direct.Content.Headers.ContentDisposition?.FileName?.Trim('"')));
        Assert.Equal(QuickExecutor.Result, await direct.Content.ReadAsByteArrayAsync(Cancel));
        using var written = await client.PutAsync(answer.Headers.Location, new StringContent("other bytes"), Cancel);
        Assert.False(written.IsSuccessStatusCode);

        // The studio's own policy lets its pages show nothing from elsewhere.
        using var shown = new HttpRequestMessage(HttpMethod.Get, "/v1/jobs/large/artifacts/video");
        shown.Headers.Add("Sec-Fetch-Dest", "video");
        using var throughServer = await client.SendAsync(shown, Cancel);
        Assert.Equal((HttpStatusCode.OK, QuickExecutor.Result.Length), (throughServer.StatusCode, (await throughServer.Content.ReadAsByteArrayAsync(Cancel)).Length));

        using var small = await client.GetAsync("/v1/jobs/large/artifacts/background-atlas", Cancel);
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        using var missing = await client.GetAsync("/v1/jobs/large/artifacts/nothing", Cancel);
        await missing.ProblemAsync(HttpStatusCode.NotFound, "artifact-not-found");
    }

    [Fact]
    public async Task Unless_it_is_set_up_everything_is_read_through_the_server()
    {
        await using var server = await StartAsync([]);
        await server.RunJobAsync("through", await server.UploadClipAsync());

        Assert.Equal(QuickExecutor.Result, await server.Client.GetByteArrayAsync("/v1/jobs/through/artifacts/video", Cancel));
    }

    private async Task<WebServer> StartAsync(Dictionary<string, string?> settings)
    {
        _ = azurite.Container("web");
        var stores = await new StoreSettings { BlobConnectionString = azurite.Connection, BlobContainer = "web" }.OpenTenantsAsync(Cancel);
        return await WebServer.StartAsync(settings, stores: stores);
    }
}
