using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace StableVideo.Tests.Gateway;

public sealed class GatewayTests(Hosts hosts) : IClassFixture<Hosts>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_named_by_its_content_and_can_be_read_in_parts()
    {
        var clip = await hosts.ClipAsync();
        using var created = await hosts.Client.PostAsync("/v1/videos?name=clip.mp4", new ByteArrayContent(clip), Cancel);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(hosts.ClipId, (await JsonAsync(created)).GetProperty("id").GetString());

        using var request = new HttpRequestMessage(HttpMethod.Get, created.Headers.Location + "/content");
        request.Headers.Range = new(1, 2);
        using var part = await hosts.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(clip[1..3], await part.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task The_queue_shows_the_silo_and_its_model()
    {
        var start = TimeProvider.System.GetTimestamp();
        var queue = await hosts.Client.GetFromJsonAsync<JsonElement>("/v1/queue", Cancel);
        while (queue.GetProperty("silos").GetArrayLength() == 0 && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30))
        {
            await Task.Delay(100, Cancel);
            queue = await hosts.Client.GetFromJsonAsync<JsonElement>("/v1/queue", Cancel);
        }

        var silo = Assert.Single(queue.GetProperty("silos").EnumerateArray());
        Assert.Equal(("Cpu, Gpu", 1), (silo.GetProperty("roles").GetString(), silo.GetProperty("slots").GetInt32()));
        var models = await hosts.Client.GetFromJsonAsync<JsonElement>("/v1/models", Cancel);
        Assert.Contains(models.EnumerateArray(), model => model.GetProperty("name").GetString() == "embedded");
        using var ready = await hosts.Client.GetAsync("/readyz", Cancel);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    [Fact]
    public async Task A_job_runs_on_the_silo_and_keeps_the_words_of_its_error()
    {
        var path = $"/v1/jobs/{Guid.NewGuid():n}";
        // A frame that the clip does not have: found out by the first stage.
        object settings = new { foregroundPrompt = "a red car", keyframes = new[] { 500 } };
        using var accepted = await SubmitAsync(path, await UploadAsync(), settings);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        using var again = await SubmitAsync(path, await UploadAsync(), settings);
        Assert.True(again.IsSuccessStatusCode);

        var job = await EndAsync(path);
        Assert.Equal("Failed", job.GetProperty("state").GetString());
        Assert.Contains("500", job.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("a red car", job.GetProperty("request").GetProperty("settings").GetProperty("foregroundPrompt").GetString());
        Assert.Equal("Failed", job.GetProperty("stages")[0].GetProperty("state").GetString());
        var events = await hosts.Client.GetFromJsonAsync<JsonElement>($"{path}/events?after=1", Cancel);
        Assert.Equal("StageQueued", events[0].GetProperty("kind").GetString());
        var list = await hosts.Client.GetFromJsonAsync<JsonElement>("/v1/jobs?state=Failed", Cancel);
        Assert.Contains(list.GetProperty("items").EnumerateArray(), item => path.EndsWith(item.GetProperty("id").GetString()!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_are_streamed_until_the_job_ends()
    {
        var path = $"/v1/jobs/{Guid.NewGuid():n}";
        using var accepted = await SubmitAsync(path, await UploadAsync(), new { foregroundPrompt = "a blue car", keyframes = new[] { 501 } });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var answer = await hosts.Client.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("event: status\n", text, StringComparison.Ordinal);
        Assert.Contains("id: 1\nevent: Submitted\n", text, StringComparison.Ordinal);
        Assert.Contains("event: Failed\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_request_under_the_same_id_is_a_conflict()
    {
        var path = $"/v1/jobs/{Guid.NewGuid():n}";
        using var accepted = await SubmitAsync(path, await UploadAsync(), new { foregroundPrompt = "a red car", keyframes = new[] { 500 } });
        using var conflict = await SubmitAsync(path, await UploadAsync(), new { foregroundPrompt = "a blue car", keyframes = new[] { 500 } });

        await AssertProblemAsync(conflict, HttpStatusCode.Conflict, "another settings");
    }

    [Fact]
    public async Task A_request_that_breaks_rules_is_answered_with_all_of_them()
    {
        using var refused = await SubmitAsync($"/v1/jobs/{Guid.NewGuid():n}", await UploadAsync(), new { steps = 0, strength = 2, foregroundPrompt = "a red car" });

        var problem = await AssertProblemAsync(refused, HttpStatusCode.BadRequest, "");
        Assert.Equal(2, problem.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_not_there()
    {
        using var job = await hosts.Client.GetAsync("/v1/jobs/nobody", Cancel);
        using var video = await hosts.Client.GetAsync($"/v1/videos/sha256-{new string('0', 64)}", Cancel);
        using var malformed = await hosts.Client.GetAsync("/v1/videos/..%2f..%2fetc%2fpasswd", Cancel);
        using var body = await hosts.Client.PutAsync("/v1/jobs/x", new StringContent("{", null, "application/json"), Cancel);
        using var old = await hosts.Client.PostAsync("/v1/artifacts", new StringContent("abc"), Cancel);

        await AssertProblemAsync(job, HttpStatusCode.NotFound, "'nobody'");
        await AssertProblemAsync(video, HttpStatusCode.NotFound, "sha256-000");
        await AssertProblemAsync(malformed, HttpStatusCode.NotFound, "Upload it first");
        await AssertProblemAsync(body, HttpStatusCode.BadRequest, "");
        await AssertProblemAsync(old, HttpStatusCode.NotFound, "openapi.json");
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string words)
    {
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await JsonAsync(answer);
        Assert.Contains(words, problem.TryGetProperty("detail", out var detail) ? detail.GetString() : "", StringComparison.Ordinal);
        return problem;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);

    private async Task<string> UploadAsync()
    {
        using var created = await hosts.Client.PostAsync("/v1/videos", new ByteArrayContent(await hosts.ClipAsync()), Cancel);
        return (await JsonAsync(created)).GetProperty("id").GetString()!;
    }

    private Task<HttpResponseMessage> SubmitAsync(string path, string video, object settings) =>
        hosts.Client.PutAsJsonAsync(path, new { video, settings }, Cancel);

    private async Task<JsonElement> EndAsync(string path)
    {
        while (true)
        {
            var job = await hosts.Client.GetFromJsonAsync<JsonElement>(path, Cancel);
            if (job.GetProperty("state").GetString() is "Completed" or "Failed" or "Cancelled")
                return job;
            await Task.Delay(100, Cancel);
        }
    }
}
