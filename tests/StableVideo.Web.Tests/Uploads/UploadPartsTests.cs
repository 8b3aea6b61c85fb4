using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using StableVideo.Storage;
using StableVideo.Tests.Storage;
using StableVideo.Web.Uploads;

namespace StableVideo.Tests.Web.Uploads;

/// <summary>Requests whose bytes are written down in several parts, on a folder and on blob storage.</summary>
public sealed class UploadPartsTests(Azurite azurite) : IClassFixture<Azurite>
{
    private const int PartBytes = 1000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task One_request_is_written_down_in_parts_that_make_the_file(bool onBlobs, bool withChecksum)
    {
        var clip = await Clips.NewClipAsync();
        await using var server = await StartAsync(onBlobs);
        var path = await server.Client.CreateAsync(clip.Length);
        using var answer = await server.Client.PatchAsync(path, 0, clip, withChecksum ? [("Upload-Checksum", Tus.Checksum(clip))] : []);
        Assert.Equal((HttpStatusCode.NoContent, (long)clip.Length), (answer.StatusCode, answer.OffsetOf()));

        var upload = await server.Client.DecidedAsync(path);
        Assert.Equal($"sha256-{Convert.ToHexStringLower(SHA256.HashData(clip))}", upload.GetProperty("video").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_gateway_goes_on_behind_the_last_part_while_the_first_request_hangs_and_that_one_is_refused(bool onBlobs)
    {
        var clip = await Clips.NewClipAsync();
        await using var server = await StartAsync(onBlobs);
        await using var beside = await WebServer.StartAsync(beside: server);
        var path = await server.Client.CreateAsync(clip.Length);
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Client.BaseAddress!.Host, server.Client.BaseAddress.Port, Cancel);
        var head = $"PATCH {path} HTTP/1.1\r\nHost: {server.Client.BaseAddress.Authority}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: {Tus.Bytes}\r\nContent-Length: {clip.Length}\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        await socket.GetStream().WriteAsync(clip.AsMemory(0, (2 * PartBytes) + 500), Cancel);
        while (await beside.Client.OffsetAsync(path) < 2 * PartBytes)
            await Task.Delay(20, Cancel);
        Assert.Equal(2 * PartBytes, await beside.Client.OffsetAsync(path));

        using var rest = await beside.Client.PatchAsync(path, 2 * PartBytes, clip.AsSpan(2 * PartBytes));
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        await socket.GetStream().WriteAsync(clip.AsMemory((2 * PartBytes) + 500), Cancel);
        using var reader = new StreamReader(socket.GetStream());
        Assert.Equal("HTTP/1.1 409 Conflict", await reader.ReadLineAsync(Cancel));
        var upload = await beside.Client.DecidedAsync(path);
        Assert.Equal($"sha256-{Convert.ToHexStringLower(SHA256.HashData(clip))}", upload.GetProperty("video").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Parts_of_a_request_whose_checksum_is_wrong_do_not_count()
    {
        var clip = await Clips.NewClipAsync();
        await using var server = await StartAsync(onBlobs: false);
        var path = await server.Client.CreateAsync(clip.Length);
        using var answer = await server.Client.PatchAsync(path, 0, clip.AsSpan(0, 3500), ("Upload-Checksum", Tus.Checksum(clip)));

        await answer.ProblemAsync((HttpStatusCode)460, "checksum-mismatch");
        Assert.Equal(0, await server.Client.OffsetAsync(path));
    }

    private async Task<WebServer> StartAsync(bool onBlobs)
    {
        ITenantStores? stores = null;
        if (onBlobs)
        {
            _ = azurite.Container("parts");
            stores = await new StoreSettings { BlobConnectionString = azurite.Connection, BlobContainer = "parts" }.OpenTenantsAsync(Cancel);
        }

        return await WebServer.StartAsync(
            configure: services => services.AddSingleton(provider => ActivatorUtilities.CreateInstance<UploadService>(provider).InPartsOf(PartBytes)),
            stores: stores);
    }
}
