using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Tests.Web.Api;

public sealed class VideoRouteTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly WebServer _server = fixture.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_file_is_kept_once_and_described()
    {
        var clip = await Clips.ClipAsync();
        var id = await _server.UploadClipAsync();
        Assert.Equal($"sha256-{Convert.ToHexStringLower(SHA256.HashData(clip))}", id);
        Assert.Equal(id, await _server.UploadClipAsync());

        var video = await _server.GetAsync($"/v1/videos/{id}");
        Assert.Equal((96, 64, 8, 24.0), (
            video.GetProperty("width").GetInt32(), video.GetProperty("height").GetInt32(), video.GetProperty("frames").GetInt32(), video.GetProperty("frameRate").GetDouble()));
        Assert.Equal(("clip.mp4", clip.Length, "h264"), (
            video.GetProperty("name").GetString(), video.GetProperty("bytes").GetInt32(), video.GetProperty("codec").GetString()));
        var list = await _server.GetAsync("/v1/videos");
        Assert.Single(list.GetProperty("items").EnumerateArray(), item => item.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task Content_is_read_in_ranges()
    {
        var (clip, id) = (await Clips.ClipAsync(), await _server.UploadClipAsync());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/videos/{id}/content");
        request.Headers.Range = new(10, 19);
        using var part = await _server.Client.SendAsync(request, Cancel);

        Assert.Equal((HttpStatusCode.PartialContent, "video/mp4"), (part.StatusCode, part.Content.Headers.ContentType?.MediaType));
        Assert.Equal(clip[10..20], await part.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Contains("immutable", part.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 48, 48, 32)]
    [InlineData(7, 320, 96, 64)]
    public async Task A_frame_is_a_picture_of_the_width_asked_for_and_never_enlarged(int frame, int width, int expectedWidth, int expectedHeight)
    {
        var id = await _server.UploadClipAsync();
        using var answer = await _server.Client.GetAsync($"/v1/videos/{id}/frames/{frame}?width={width}", Cancel);

        Assert.Equal((HttpStatusCode.OK, "image/jpeg"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var picture = ImageFile.Read(await answer.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal((expectedWidth, expectedHeight), (picture.Width, picture.Height));
    }

    [Fact]
    public async Task A_box_around_the_object_becomes_a_mask_of_it()
    {
        var id = await _server.UploadClipAsync();
        using var answer = await _server.Client.PostAsJsonAsync($"/v1/videos/{id}/outline", new { x = 10, y = 10, width = 76, height = 50 }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var mask = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var picture = ImageFile.Read(await _server.Client.GetByteArrayAsync($"/v1/videos/{mask.GetProperty("id").GetString()}/content", Cancel), 1);
        Assert.Equal((96, 64), (picture.Width, picture.Height));
        Assert.InRange(picture.Data.Count(value => value > 127), 96, 76 * 50 - 1);

        using var later = await _server.Client.PostAsJsonAsync($"/v1/videos/{id}/outline", new { x = 10, y = 10, width = 76, height = 50, frame = 7 }, Cancel);
        Assert.NotEqual(mask.GetProperty("id").GetString(), (await later.JsonAsync()).GetProperty("id").GetString());
        using var beyond = await _server.Client.PostAsJsonAsync($"/v1/videos/{id}/outline", new { x = 10, y = 10, width = 76, height = 50, frame = 8 }, Cancel);
        await beyond.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "frame 8");
        using var outside = await _server.Client.PostAsJsonAsync($"/v1/videos/{id}/outline", new { x = 90, y = 10, width = 76, height = 50 }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, outside.StatusCode);
    }

    [Fact]
    public async Task Frames_differ_as_the_clip_moves()
    {
        var id = await _server.UploadClipAsync();
        var first = await _server.Client.GetByteArrayAsync($"/v1/videos/{id}/frames/0?width=64", Cancel);
        var last = await _server.Client.GetByteArrayAsync($"/v1/videos/{id}/frames/7?width=64", Cancel);

        Assert.NotEqual(first, last);
    }

    [Fact]
    public async Task Frames_that_are_not_there_and_widths_that_can_not_be_are_refused()
    {
        var id = await _server.UploadClipAsync();
        using var beyond = await _server.Client.GetAsync($"/v1/videos/{id}/frames/8", Cancel);
        using var narrow = await _server.Client.GetAsync($"/v1/videos/{id}/frames/0?width=1", Cancel);
        using var word = await _server.Client.GetAsync($"/v1/videos/{id}/frames/first", Cancel);

        await beyond.ProblemAsync(HttpStatusCode.NotFound, "frame-not-found", "8 frames");
        await narrow.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "16 to 4096");
        await word.ProblemAsync(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_file_that_is_no_video_is_refused_and_leaves_nothing()
    {
        using var text = await _server.Client.PostAsync("/v1/videos", Answers.Bytes("this is not a video"u8), Cancel);
        using var image = await _server.Client.PostAsync("/v1/videos", Answers.Bytes(Clips.Mask()), Cancel);
        using var empty = await _server.Client.PostAsync("/v1/videos", Answers.Bytes([]), Cancel);
        using var cut = await _server.Client.PostAsync("/v1/videos", Answers.Bytes((await Clips.ClipAsync()).AsSpan(0, 900)), Cancel);
        using var purpose = await _server.Client.PostAsync("/v1/videos?purpose=Film", Answers.Bytes(await Clips.ClipAsync()), Cancel);

        await text.ProblemAsync(HttpStatusCode.UnprocessableEntity, "unreadable-media", "not a video");
        await image.ProblemAsync(HttpStatusCode.UnprocessableEntity, "unreadable-media", "single image");
        await empty.ProblemAsync(HttpStatusCode.UnprocessableEntity, "unreadable-media", "empty");
        await cut.ProblemAsync(HttpStatusCode.UnprocessableEntity, "unreadable-media");
        await purpose.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "purpose");
        Assert.False(await _server.Stores.System.ExistsAsync(ArtifactId.Of("this is not a video"u8), Cancel));
    }

    [Fact]
    public async Task Layers_of_a_clip_are_there_once_a_job_has_solved_for_them()
    {
        using var other = await _server.Client.PostAsync("/v1/videos", Answers.Bytes(await Clips.MasksAsync()), Cancel);
        var unsolved = (await other.JsonAsync()).GetProperty("id").GetString();
        using var none = await _server.Client.GetAsync($"/v1/videos/{unsolved}/decomposition", Cancel);
        await none.ProblemAsync(HttpStatusCode.NotFound, "not-decomposed", "Submit a job");

        var id = await _server.UploadClipAsync();
        await _server.RunJobAsync("layers", id);
        var layers = await _server.GetAsync($"/v1/videos/{id}/decomposition");
        Assert.Equal(("layers", 30.5), (layers.GetProperty("jobId").GetString(), layers.GetProperty("metrics").GetProperty("psnr").GetDouble()));
        var atlas = layers.GetProperty("artifacts").EnumerateArray().Single(artifact => artifact.GetProperty("name").GetString() == "background-atlas");
        Assert.Equal(16, ImageFile.Read(await _server.Client.GetByteArrayAsync(atlas.GetProperty("href").GetString(), Cancel)).Width);
    }
}
