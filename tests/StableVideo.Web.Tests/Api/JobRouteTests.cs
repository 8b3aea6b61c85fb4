using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using StableVideo.Editing;

namespace StableVideo.Tests.Web.Api;

public sealed class JobRouteTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly WebServer _server = fixture.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_submitted_once_watched_to_its_end_and_answers_304_when_known()
    {
        var video = await _server.UploadClipAsync();
        using var accepted = await _server.PutJobAsync("once", video);
        Assert.Equal((HttpStatusCode.Accepted, "/v1/jobs/once"), (accepted.StatusCode, accepted.Headers.Location?.ToString()));
        using var again = await _server.PutJobAsync("once", video);
        Assert.True(again.IsSuccessStatusCode);
        var end = await _server.EndAsync("once");
        Assert.Equal(("Completed", 1.0), (end.GetProperty("state").GetString(), end.GetProperty("stages")[5].GetProperty("fraction").GetDouble()));
        Assert.Equal("a red car", end.GetProperty("request").GetProperty("settings").GetProperty("foregroundPrompt").GetString());

        using var first = await _server.Client.GetAsync("/v1/jobs/once", Cancel);
        Assert.True(first.Headers.ETag!.IsWeak);
        using var request = Answers.Request(HttpMethod.Get, "/v1/jobs/once", null, ("If-None-Match", first.Headers.ETag.ToString()));
        using var known = await _server.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal("", await known.Content.ReadAsStringAsync(Cancel));
        using var ended = await _server.PutJobAsync("once", video);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Fact]
    public async Task Pictures_of_what_is_done_so_far_are_artifacts_while_their_stage_runs()
    {
        var release = new TaskCompletionSource();
        _server.Executor.Behaviour = async (stage, inputs, progress, cancellation) =>
        {
            if (inputs.Settings.ForegroundPrompt != "seen" || stage != StageKind.EditForeground)
                return;
            progress.Report(new StageProgress(0.5, "painting") { Preview = new PreviewPicture(ArtifactNames.KeyframePreview(7), "seven"u8.ToArray()) });
            await release.Task.WaitAsync(cancellation);
        };
        var video = await _server.UploadClipAsync();
        using var accepted = await _server.PutJobAsync("seen", video, "seen");
        JsonElement running;
        do
            running = await _server.Client.GetFromJsonAsync<JsonElement>("/v1/jobs/seen", Cancel);
        while (running.GetProperty("stages")[3].GetProperty("previews").GetArrayLength() == 0);
        Assert.Equal("preview-keyframe-0007", running.GetProperty("stages")[3].GetProperty("previews")[0].GetString());
        using var picture = await _server.Client.GetAsync("/v1/jobs/seen/artifacts/preview-keyframe-0007", Cancel);
        Assert.Equal(("image/jpeg", "seven"), (picture.Content.Headers.ContentType?.MediaType, await picture.Content.ReadAsStringAsync(Cancel)));

        release.SetResult();
        _ = await _server.EndAsync("seen");
        using var gone = await _server.Client.GetAsync("/v1/jobs/seen/artifacts/preview-keyframe-0007", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Masks_that_protect_must_have_been_uploaded_and_are_part_of_the_job()
    {
        var video = await _server.UploadClipAsync();
        var nowhere = $"sha256-{new string('0', 64)}";
        using var refused = await _server.Client.PutAsJsonAsync("/v1/jobs/unknown-mask", new { video, protectForeground = nowhere, settings = new { foregroundPrompt = "x" } }, Cancel);
        await refused.ProblemAsync(HttpStatusCode.NotFound, "video-not-found", "Upload it first");
        using var accepted = await _server.Client.PutAsJsonAsync("/v1/jobs/known-mask", new { video, protectBackground = video, settings = new { foregroundPrompt = "x" } }, Cancel);
        Assert.Equal(video, (await accepted.JsonAsync()).GetProperty("request").GetProperty("protectBackground").GetString());
    }

    [Fact]
    public async Task Marked_frames_and_the_last_stage_are_part_of_the_job()
    {
        var video = await _server.UploadClipAsync();
        var settings = new { reconstructionOnly = true };
        var nowhere = $"sha256-{new string('0', 64)}";
        using var unknown = await _server.Client.PutAsJsonAsync("/v1/jobs/unknown-mark", new { video, marks = new[] { new { frame = 3, mask = nowhere } }, settings }, Cancel);
        await unknown.ProblemAsync(HttpStatusCode.NotFound, "video-not-found", "Upload it first");
        using var both = await _server.Client.PutAsJsonAsync("/v1/jobs/both", new { video, mask = video, marks = new[] { new { frame = 3, mask = video } }, settings }, Cancel);
        await both.ProblemAsync(HttpStatusCode.BadRequest, "job-rejected", "one or the other");

        using var accepted = await _server.Client.PutAsJsonAsync("/v1/jobs/marked", new { video, marks = new[] { new { frame = 3, mask = video } }, until = "Decompose", settings }, Cancel);
        var job = await accepted.JsonAsync();
        Assert.Equal(3, job.GetProperty("request").GetProperty("marks")[0].GetProperty("frame").GetInt32());
        Assert.Equal(["Probe", "Decompose"], job.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage").GetString()));
        _ = await _server.EndAsync("marked");
        var list = await _server.Client.GetFromJsonAsync<System.Text.Json.JsonElement>("/v1/jobs", Cancel);
        Assert.Contains(list.GetProperty("items").EnumerateArray(), item => item.GetProperty("id").GetString() == "marked" && item.GetProperty("until").GetString() == "Decompose");
    }

    [Fact]
    public async Task Another_request_under_the_same_id_is_a_conflict()
    {
        var video = await _server.UploadClipAsync();
        using var accepted = await _server.PutJobAsync("taken", video);
        using var conflict = await _server.PutJobAsync("taken", video, "a blue car");

        await conflict.ProblemAsync(HttpStatusCode.Conflict, "job-conflict", "another settings");
    }

    [Fact]
    public async Task A_post_with_an_idempotency_key_makes_one_job_and_without_one_a_new_job_each_time()
    {
        var video = await _server.UploadClipAsync();
        var body = new { video, settings = new { foregroundPrompt = "a green car" } };
        var same = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostAsync(body, "key 1")));
        Assert.Single(same.Select(job => job.GetProperty("id").GetString()).Distinct());
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PostAsync(body, null)));
        Assert.Equal(3, others.Select(job => job.GetProperty("id").GetString()).Distinct().Count());

        using var request = Answers.Request(
            HttpMethod.Post, "/v1/jobs", JsonContent.Create(new { video, settings = new { foregroundPrompt = "a pink car" } }), ("Idempotency-Key", "key 1"));
        using var reused = await _server.Client.SendAsync(request, Cancel);
        await reused.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused", "new key");
    }

    [Theory]
    [InlineData("""{"video":"V","settings":{"foregroundPromt":"a red car"}}""", "invalid-request", "'foregroundPromt'")]
    [InlineData("""{"video":"V","priorty":3}""", "invalid-request", "'priorty'")]
    [InlineData("""{"settings":{}}""", "invalid-request", "'video'")]
    [InlineData("""{"video":"V","settings":{"steps":"many"}}""", "invalid-request", "$.settings.steps")]
    [InlineData("""{"video":"V","video":"V"}""", "invalid-request", "JSON")]
    [InlineData("""{"video":null}""", "invalid-request", "$.video")]
    [InlineData("""{"video":"V","settings":null}""", "invalid-request", "$.settings")]
    [InlineData("""{"video":"V","maskKind":1}""", "invalid-request", "$.maskKind")]
    [InlineData("""{""", "invalid-request", "JSON")]
    [InlineData("null", "invalid-request", "")]
    [InlineData("", "invalid-request", "")]
    public async Task A_body_that_can_not_be_read_says_where(string body, string type, string words)
    {
        using var refused = await _server.Client.PutAsync("/v1/jobs/x", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        var problem = await refused.ProblemAsync(HttpStatusCode.BadRequest, type, words);
        Assert.DoesNotContain("StableVideo.", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_broken_rules_are_listed()
    {
        var video = await _server.UploadClipAsync();
        using var refused = await _server.Client.PutAsJsonAsync("/v1/jobs/rules", new { video, priority = 11, settings = new { steps = 0, strength = 2, foregroundPrompt = "x" } }, Cancel);

        var problem = await refused.ProblemAsync(HttpStatusCode.BadRequest, "job-rejected", "Priority");
        Assert.Equal(3, problem.GetProperty("errors").GetArrayLength());
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../models")]
    [InlineData("C:\\models")]
    public async Task A_model_is_a_name_and_never_a_path_of_the_server(string model)
    {
        var video = await _server.UploadClipAsync();
        using var refused = await _server.Client.PutAsJsonAsync("/v1/jobs/path", new { video, settings = new { foregroundPrompt = "x", model } }, Cancel);

        await refused.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "model");
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_not_there()
    {
        var nowhere = $"sha256-{new string('0', 64)}";
        using var job = await _server.Client.GetAsync("/v1/jobs/nobody", Cancel);
        using var badId = await _server.Client.GetAsync("/v1/jobs/-a", Cancel);
        using var video = await _server.PutJobAsync("novideo", nowhere);
        using var route = await _server.Client.GetAsync("/v1/nothing", Cancel);
        using var picky = await _server.Client.SendAsync(Answers.Request(HttpMethod.Get, "/v1/nothing", null, ("Accept", "image/png")), Cancel);
        using var method = await _server.Client.PatchAsync("/v1/jobs/x", null, Cancel);
        using var form = await _server.Client.PutAsync("/v1/jobs/x", new StringContent("{}", Encoding.UTF8, "text/plain"), Cancel);
        using var query = await _server.Client.GetAsync("/v1/jobs?limit=many", Cancel);
        using var limit = await _server.Client.GetAsync("/v1/jobs?limit=0", Cancel);
        using var tooLarge = Answers.Request(HttpMethod.Put, "/v1/jobs/x", new StringContent($"\"{new string('x', 40 << 20)}\"", Encoding.UTF8, "application/json"));
        tooLarge.Headers.ExpectContinue = true;
        using var large = await _server.Client.SendAsync(tooLarge, Cancel);

        await job.ProblemAsync(HttpStatusCode.NotFound, "job-not-found", "'nobody'");
        await badId.ProblemAsync(HttpStatusCode.BadRequest, "invalid-job-id", "letters");
        await video.ProblemAsync(HttpStatusCode.NotFound, "video-not-found", "Upload it first");
        await route.ProblemAsync(HttpStatusCode.NotFound, "not-found", "openapi.json");
        await picky.ProblemAsync(HttpStatusCode.NotFound, "not-found");
        await method.ProblemAsync(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
        await form.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type", "application/json");
        await query.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "limit");
        await limit.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "1 to 200");
        await large.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "request-too-large");
    }

    [Theory]
    [InlineData("DELETE", "/v1/jobs/{0}")]
    [InlineData("POST", "/v1/jobs/{0}/cancel")]
    public async Task A_cancelled_job_can_be_taken_up_again(string method, string path)
    {
        var id = $"cancelled-{method}";
        var release = new TaskCompletionSource();
        _server.Executor.Behaviour = (_, inputs, _, cancellation) =>
            inputs.Settings.ForegroundPrompt == id ? release.Task.WaitAsync(cancellation) : Task.CompletedTask;
        using var accepted = await _server.PutJobAsync(id, await _server.UploadClipAsync(), id);
        using var request = new HttpRequestMessage(new HttpMethod(method), string.Format(path, id));
        using var cancelled = await _server.Client.SendAsync(request, Cancel);
        Assert.Equal("Cancelled", (await cancelled.JsonAsync()).GetProperty("state").GetString());

        release.SetResult();
        using var retried = await _server.Client.PostAsync($"/v1/jobs/{id}/retry", null, Cancel);
        Assert.NotEqual("Cancelled", (await retried.JsonAsync()).GetProperty("state").GetString());
        Assert.Equal("Completed", (await _server.EndAsync(id)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Artifacts_are_listed_and_read_whole_in_ranges_and_not_at_all_when_known()
    {
        await _server.RunJobAsync("files", await _server.UploadClipAsync());
        var artifacts = (await _server.GetAsync("/v1/jobs/files/artifacts")).EnumerateArray().ToDictionary(artifact => artifact.GetProperty("name").GetString()!);
        Assert.Equal("image/png", artifacts["foreground-atlas"].GetProperty("contentType").GetString());
        Assert.Equal("application/json", artifacts["keyframes"].GetProperty("contentType").GetString());
        var path = artifacts["video"].GetProperty("href").GetString()!;

        using var whole = await _server.Client.GetAsync($"{path}?download=true", Cancel);
        Assert.Equal(QuickExecutor.Result, await whole.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(("video/mp4", "files-video.mp4"), (whole.Content.Headers.ContentType?.MediaType, whole.Content.Headers.ContentDisposition?.FileName));
        Assert.Equal($"\"{artifacts["video"].GetProperty("artifactId").GetString()}\"", whole.Headers.ETag?.ToString());

        using var part = await RangeAsync(path, "bytes=1000-1999");
        Assert.Equal((HttpStatusCode.PartialContent, "bytes 1000-1999/300000"), (part.StatusCode, part.Content.Headers.ContentRange?.ToString()));
        Assert.Equal(QuickExecutor.Result[1000..2000], await part.Content.ReadAsByteArrayAsync(Cancel));
        using var end = await RangeAsync(path, "bytes=-10");
        Assert.Equal(QuickExecutor.Result[^10..], await end.Content.ReadAsByteArrayAsync(Cancel));
        using var beyond = await RangeAsync(path, "bytes=300000-");
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        using var sameStill = await RangeAsync(path, "bytes=0-9", ("If-Range", whole.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.PartialContent, sameStill.StatusCode);
        using var changed = await RangeAsync(path, "bytes=0-9", ("If-Range", "\"another\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var known = await RangeAsync(path, null, ("If-None-Match", whole.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        using var head = await _server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path), Cancel);
        Assert.Equal((HttpStatusCode.OK, 300_000L), (head.StatusCode, head.Content.Headers.ContentLength));
        using var missing = await _server.Client.GetAsync("/v1/jobs/files/artifacts/nothing", Cancel);
        await missing.ProblemAsync(HttpStatusCode.NotFound, "artifact-not-found", "'nothing'");
    }

    [Fact]
    public async Task A_mask_is_read_as_what_it_is()
    {
        var video = await _server.UploadClipAsync();
        using var image = await _server.Client.PostAsync("/v1/videos?purpose=Mask", Answers.Bytes(Clips.Mask()), Cancel);
        using var masks = await _server.Client.PostAsync("/v1/videos?purpose=Mask", Answers.Bytes(await Clips.MasksAsync()), Cancel);
        foreach (var (id, answer, kind) in new[] { ("image", image, "FirstFrame"), ("masks", masks, "EveryFrame") })
        {
            var mask = (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetString();
            using var accepted = await _server.Client.PutAsJsonAsync($"/v1/jobs/mask-{id}", new { video, mask, settings = new { foregroundPrompt = "a red car" } }, Cancel);
            Assert.Equal(kind, (await accepted.JsonAsync()).GetProperty("request").GetProperty("maskKind").GetString());
        }
    }

    [Fact]
    public async Task Queue_models_and_health_are_told()
    {
        while ((await _server.GetAsync("/v1/queue")).GetProperty("silos").GetArrayLength() == 0)
            await Task.Delay(50, Cancel);
        var silo = Assert.Single((await _server.GetAsync("/v1/queue")).GetProperty("silos").EnumerateArray());
        Assert.Equal(("Cpu, Gpu", 64), (silo.GetProperty("roles").GetString(), silo.GetProperty("slots").GetInt32()));
        var models = (await _server.GetAsync("/v1/models")).EnumerateArray().ToList();
        Assert.Equal(["embedded", "other"], models.Select(model => model.GetProperty("name").GetString()));
        Assert.Equal([1, 0], models.Select(model => model.GetProperty("loaded").GetInt32()));
        Assert.True((await _server.Client.GetAsync("/healthz", Cancel)).IsSuccessStatusCode);
        Assert.True((await _server.Client.GetAsync("/readyz", Cancel)).IsSuccessStatusCode);
    }

    private async Task<JsonElement> PostAsync(object body, string? key)
    {
        using var request = Answers.Request(HttpMethod.Post, "/v1/jobs", JsonContent.Create(body));
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await _server.Client.SendAsync(request, Cancel);
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> RangeAsync(string path, string? range, params (string, string)[] headers)
    {
        var request = Answers.Request(HttpMethod.Get, path, null, headers);
        request.Headers.Range = range is null ? null : RangeHeaderValue.Parse(range);
        return _server.Client.SendAsync(request, Cancel);
    }
}
