using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace StableVideo.Tests.Web.Uploads;

public sealed class TusTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly HttpClient _client = fixture.Server.Client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Options_say_what_there_is()
    {
        using var answer = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Options, "/v1/uploads"), Cancel);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("1.0.0", answer.Headers.GetValues("Tus-Version").Single());
        Assert.Equal("creation,creation-with-upload,checksum,expiration,termination", answer.Headers.GetValues("Tus-Extension").Single());
        Assert.Equal("sha1,sha256", answer.Headers.GetValues("Tus-Checksum-Algorithm").Single());
        Assert.Equal(4L << 30, long.Parse(answer.Headers.GetValues("Tus-Max-Size").Single()));
    }

    [Fact]
    public async Task A_clip_sent_in_pieces_becomes_a_video()
    {
        var clip = await Clips.NewClipAsync();
        var path = await _client.CreateAsync(clip.Length, "my clip.mp4");
        var offset = 0L;
        foreach (var piece in clip.Chunk((clip.Length / 3) + 1))
        {
            using var answer = await _client.PatchAsync(path, offset, piece);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(offset += piece.Length, answer.OffsetOf());
            Assert.True(offset == clip.Length || await _client.OffsetAsync(path) == offset);
        }

        var upload = await _client.DecidedAsync(path);
        Assert.Equal("Ready", upload.GetProperty("state").GetString());
        var video = upload.GetProperty("video");
        Assert.Equal(($"sha256-{Convert.ToHexStringLower(SHA256.HashData(clip))}", "my clip.mp4"), (video.GetProperty("id").GetString(), video.GetProperty("name").GetString()));
        Assert.Equal(clip, await _client.GetByteArrayAsync($"/v1/videos/{video.GetProperty("id").GetString()}/content", Cancel));
        Assert.Equal(clip.Length, await _client.OffsetAsync(path));
        using var more = await _client.PatchAsync(path, clip.Length, "x"u8);
        await more.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "upload-too-long");
    }

    [Theory]
    [InlineData("/v1/uploads")]
    [InlineData("/v1/videos")]
    public async Task Bytes_may_come_with_the_creation(string path)
    {
        var masks = await Clips.MasksAsync();
        using var created = await _client.SendAsync(
            "POST", $"{path}?purpose=Mask&name=m.mp4", Answers.Bytes(masks.AsSpan(0, 100), Tus.Bytes), ("Upload-Length", $"{masks.Length}"), ("Upload-Checksum", Tus.Checksum(masks.AsSpan(0, 100))));
        Assert.Equal((HttpStatusCode.Created, 100L), (created.StatusCode, created.OffsetOf()));
        using var rest = await _client.PatchAsync(created.Headers.Location!.ToString(), 100, masks.AsSpan(100));
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);

        var video = (await _client.DecidedAsync(created.Headers.Location.ToString())).GetProperty("video");
        Assert.Equal("Mask", video.GetProperty("purpose").GetString());
    }

    [Fact]
    public async Task What_can_not_be_used_is_refused_with_words()
    {
        var path = await _client.CreateAsync(19);
        using var answer = await _client.PatchAsync(path, 0, "this is not a video"u8);
        var upload = await _client.DecidedAsync(path);

        Assert.Equal("Refused", upload.GetProperty("state").GetString());
        Assert.Contains("not a video", upload.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_came_before_the_sender_was_cut_off_is_kept()
    {
        var clip = await Clips.ClipAsync();
        var path = await _client.CreateAsync(clip.Length);
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(_client.BaseAddress!.Host, _client.BaseAddress.Port, Cancel);
            var head = $"PATCH {path} HTTP/1.1\r\nHost: {_client.BaseAddress.Authority}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: {Tus.Bytes}\r\nContent-Length: {clip.Length}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
            await socket.GetStream().WriteAsync(clip.AsMemory(0, 1000), Cancel);
            await Task.Delay(300, Cancel);
        }

        while (await _client.OffsetAsync(path) == 0)
            await Task.Delay(50, Cancel);
        Assert.Equal(1000, await _client.OffsetAsync(path));
        using var rest = await _client.PatchAsync(path, 1000, clip.AsSpan(1000));
        Assert.Equal("Ready", (await _client.DecidedAsync(path)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Of_requests_that_go_on_at_the_same_time_one_wins_and_the_bytes_are_right()
    {
        var clip = await Clips.ClipAsync();
        var path = await _client.CreateAsync(clip.Length);
        await using var beside = await WebServer.StartAsync(beside: fixture.Server);
        for (var offset = 0; offset < clip.Length;)
        {
            var piece = clip.AsMemory(offset, Math.Min((clip.Length / 4) + 1, clip.Length - offset));
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? _client : beside.Client).PatchAsync(path, offset, piece.Span)));
            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.NoContent);
            Assert.All(answers, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NoContent, HttpStatusCode.Conflict }));
            offset += piece.Length;
            Assert.Equal(offset, await beside.Client.OffsetAsync(path));
        }

        Assert.Equal(
            $"sha256-{Convert.ToHexStringLower(SHA256.HashData(clip))}", (await beside.Client.DecidedAsync(path)).GetProperty("video").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Bytes_that_do_not_match_their_checksum_are_not_kept()
    {
        var path = await _client.CreateAsync(1000);
        using var wrong = await _client.PatchAsync(path, 0, "0123456789"u8, ("Upload-Checksum", Tus.Checksum("012345678x"u8)));
        await wrong.ProblemAsync((HttpStatusCode)460, "checksum-mismatch", "Send them again");
        Assert.Equal("1.0.0", wrong.Headers.GetValues("Tus-Resumable").Single());
        Assert.Equal(0, await _client.OffsetAsync(path));
        using var right = await _client.PatchAsync(path, 0, "0123456789"u8, ("Upload-Checksum", "sha1 h6zsF82dzSCnFsws9nQXtxyKcBY="));
        Assert.Equal(10, right.OffsetOf());
        using var unknown = await _client.PatchAsync(path, 10, "0123456789"u8, ("Upload-Checksum", "crc32 AAAAAA=="));
        await unknown.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "sha1,sha256");
        using var malformed = await _client.PatchAsync(path, 10, "0123456789"u8, ("Upload-Checksum", "sha1 ####"));
        await malformed.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "Base64");
    }

    [Fact]
    public async Task Requests_that_break_the_protocol_are_refused()
    {
        var path = await _client.CreateAsync(100);
        using var version = await _client.SendAsync(Answers.Request(HttpMethod.Patch, path, Answers.Bytes("x"u8, Tus.Bytes), ("Upload-Offset", "0"), ("Tus-Resumable", "0.2.2")), Cancel);
        await version.ProblemAsync(HttpStatusCode.PreconditionFailed, "unsupported-tus-version", "1.0.0");
        Assert.Equal("1.0.0", version.Headers.GetValues("Tus-Version").Single());
        using var type = await _client.SendAsync("PATCH", path, Answers.Bytes("x"u8, "video/mp4"), ("Upload-Offset", "0"));
        await type.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", Tus.Bytes);
        using var offset = await _client.PatchAsync(path, 5, "x"u8);
        await offset.ProblemAsync(HttpStatusCode.Conflict, "upload-offset-mismatch", "stands at 0");
        using var noOffset = await _client.SendAsync("PATCH", path, Answers.Bytes("x"u8, Tus.Bytes));
        await noOffset.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "Upload-Offset");
        using var tooLong = await _client.PatchAsync(path, 0, new byte[101]);
        await tooLong.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "upload-too-long", "100 bytes");
        Assert.Equal(0, await _client.OffsetAsync(path));
        using var noLength = await _client.SendAsync("POST", "/v1/uploads");
        await noLength.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "Upload-Length");
        using var negative = await _client.SendAsync("POST", "/v1/uploads", null, ("Upload-Length", "-1"));
        await negative.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "Upload-Length");
        using var deferred = await _client.SendAsync("POST", "/v1/uploads", null, ("Upload-Defer-Length", "1"));
        await deferred.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "Upload-Length");
        using var huge = await _client.SendAsync("POST", "/v1/uploads", null, ("Upload-Length", $"{5L << 30}"));
        await huge.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "upload-too-large", "MiB");
        using var metadata = await _client.SendAsync("POST", "/v1/uploads", null, ("Upload-Length", "10"), ("Upload-Metadata", "filename ####"));
        await metadata.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "Base64");
        using var nowhere = await _client.PatchAsync($"/v1/uploads/{Guid.NewGuid():n}", 0, "x"u8);
        await nowhere.ProblemAsync(HttpStatusCode.NotFound, "upload-not-found");
        using var odd = await _client.GetAsync("/v1/uploads/..%2f..%2fkeys", Cancel);
        await odd.ProblemAsync(HttpStatusCode.NotFound, "upload-not-found");
    }

    [Fact]
    public async Task An_upload_that_is_given_up_is_gone()
    {
        var path = await _client.CreateAsync(100);
        using var deleted = await _client.SendAsync("DELETE", path);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await _client.PatchAsync(path, 0, "x"u8);
        await gone.ProblemAsync(HttpStatusCode.NotFound, "upload-not-found");
        using var posted = await _client.SendAsync("POST", await _client.CreateAsync(100), Answers.Bytes("abc"u8, Tus.Bytes), ("X-HTTP-Method-Override", "PATCH"), ("Upload-Offset", "0"));
        Assert.Equal(3, posted.OffsetOf());
    }
}
