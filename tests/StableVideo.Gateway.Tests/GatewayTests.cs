using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace StableVideo.Tests.Gateway;

public sealed class GatewayTests(Hosts hosts) : IClassFixture<Hosts>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_named_by_its_content_and_can_be_read_in_parts()
    {
        using var created = await hosts.Client.PostAsync("/v1/artifacts", new ByteArrayContent("abc"u8.ToArray()), Cancel);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var id = (await JsonAsync(created)).GetProperty("id").GetString();
        Assert.Equal("sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id);

        using var request = new HttpRequestMessage(HttpMethod.Get, created.Headers.Location);
        request.Headers.Range = new(1, 2);
        using var part = await hosts.Client.SendAsync(request, Cancel);
        Assert.Equal((HttpStatusCode.PartialContent, "bc"), (part.StatusCode, await part.Content.ReadAsStringAsync(Cancel)));
    }

    [Fact]
    public async Task The_queue_shows_the_silo()
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
    }

    [Fact]
    public async Task A_job_runs_on_the_silo_and_keeps_the_words_of_its_error()
    {
        var path = $"/v1/jobs/{Guid.NewGuid():n}";
        using var accepted = await SubmitAsync(path, await UploadAsync("this is not a video"), new { foregroundPrompt = "a red car" });
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        using var again = await SubmitAsync(path, await UploadAsync("this is not a video"), new { foregroundPrompt = "a red car" });
        Assert.True(again.IsSuccessStatusCode);

        var job = await EndAsync(path);
        Assert.Equal("Failed", job.GetProperty("state").GetString());
        Assert.StartsWith("The clip is not a video this program can read.", job.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("a red car", job.GetProperty("request").GetProperty("settings").GetProperty("foregroundPrompt").GetString());
        Assert.Equal("Failed", job.GetProperty("stages")[0].GetProperty("state").GetString());
        var events = await hosts.Client.GetFromJsonAsync<JsonElement>($"{path}/events?after=1", Cancel);
        Assert.Equal("StageQueued", events[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Another_request_under_the_same_id_is_a_conflict()
    {
        var path = $"/v1/jobs/{Guid.NewGuid():n}";
        using var accepted = await SubmitAsync(path, await UploadAsync("a"), new { foregroundPrompt = "a red car" });
        using var conflict = await SubmitAsync(path, await UploadAsync("a"), new { foregroundPrompt = "a blue car" });

        await AssertProblemAsync(conflict, HttpStatusCode.Conflict, "another settings");
    }

    [Fact]
    public async Task A_request_that_breaks_rules_is_answered_with_all_of_them()
    {
        using var refused = await SubmitAsync($"/v1/jobs/{Guid.NewGuid():n}", "clip.mp4", new { steps = 0 });

        var problem = await AssertProblemAsync(refused, HttpStatusCode.BadRequest, "clip.mp4");
        Assert.Equal(3, problem.GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task What_is_not_there_is_said_to_be_not_there()
    {
        using var job = await hosts.Client.GetAsync("/v1/jobs/nobody", Cancel);
        using var artifact = await hosts.Client.GetAsync($"/v1/artifacts/sha256-{new string('0', 64)}", Cancel);
        using var malformed = await hosts.Client.GetAsync("/v1/artifacts/..%2f..%2fetc%2fpasswd", Cancel);
        using var body = await hosts.Client.PutAsync("/v1/jobs/x", new StringContent("{", null, "application/json"), Cancel);

        await AssertProblemAsync(job, HttpStatusCode.NotFound, "'nobody'");
        await AssertProblemAsync(artifact, HttpStatusCode.NotFound, "sha256-000");
        await AssertProblemAsync(malformed, HttpStatusCode.BadRequest, "not an artifact id");
        await AssertProblemAsync(body, HttpStatusCode.BadRequest, "");
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string words)
    {
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var problem = await JsonAsync(answer);
        Assert.Contains(words, problem.TryGetProperty("detail", out var detail) ? detail.GetString() : "", StringComparison.Ordinal);
        return problem;
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);

    private async Task<string> UploadAsync(string content)
    {
        using var created = await hosts.Client.PostAsync("/v1/artifacts", new StringContent(content), Cancel);
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
