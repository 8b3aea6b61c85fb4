using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StableVideo.Client;
using StableVideo.Web.Services;
using StableVideo.Web.Webhooks;

namespace StableVideo.Tests.Web.Webhooks;

/// <summary>Events of real jobs, sent over loopback to a receiver of the test.</summary>
public sealed class WebhookTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_receiver_is_told_what_happens_to_jobs_signed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var (secret, _) = await AddAsync(server, receiver);

        await server.RunJobAsync("told", await server.UploadClipAsync());

        var events = await receiver.WaitAsync(2);
        Assert.Equal(["job.submitted", "job.completed"], events.Select(happened => happened.Type));
        Assert.All(events, happened => Assert.True(happened.IsSignedBy(secret)));
        Assert.All(events, happened => Assert.False(happened.IsSignedBy(WebhookSignature.CreateSecret())));
        var told = events[1].Json.GetProperty("data").Deserialize<JobSummary>(WireMessages.Json)!;
        Assert.Equal(("told", JobState.Completed, "a red car"), (told.Id, told.State, told.ForegroundPrompt));
        Assert.NotEqual(events[0].Id, events[1].Id);
    }

    [Fact]
    public async Task Only_events_that_were_asked_for_come()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        await AddAsync(server, receiver, "job.failed");
        var video = await server.UploadClipAsync();

        await server.RunJobAsync("good", video);
        server.Executor.Behaviour = (_, _, _, _) => throw new InvalidOperationException("The car is gone.");
        await server.RunJobAsync("bad", video, "another car");

        var failed = Assert.Single(await receiver.WaitAsync(1));
        Assert.Equal(("job.failed", "bad"), (failed.Type, failed.Json.GetProperty("data").GetProperty("id").GetString()));
        Assert.NotEmpty(failed.Json.GetProperty("data").GetProperty("error").GetString()!);
    }

    [Fact]
    public async Task What_a_receiver_does_not_take_is_sent_again_under_the_same_id()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, response) =>
        {
            response.StatusCode = receiver.Events.Count < 2 ? 503 : 200;
            return Task.CompletedTask;
        };
        await using var server = await StartAsync();
        var (_, id) = await AddAsync(server, receiver, "job.completed");

        await server.RunJobAsync("again", await server.UploadClipAsync());

        var events = await receiver.WaitAsync(3);
        Assert.Single(events.Select(happened => happened.Id).Distinct());
        var delivery = await DeliveryAsync(server, id, "Delivered");
        Assert.Equal(["The receiver answered 503.", "The receiver answered 503.", null], delivery.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task A_receiver_that_takes_nothing_is_disabled_and_can_be_enabled_again()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, response) => Task.FromResult(response.StatusCode = 500);
        await using var server = await StartAsync();
        var (_, id) = await AddAsync(server, receiver, "job.completed");
        var video = await server.UploadClipAsync();

        await server.RunJobAsync("first", video);
        await DeliveryAsync(server, id, "Failed");
        var webhook = (await server.GetAsync("/v1/webhooks"))[0];
        Assert.Equal("The receiver answered 500.", webhook.GetProperty("disabledBecause").GetString());
        var sent = receiver.Events.Count;
        Assert.Equal(1 + 4, sent); // once, and after each of four pauses
        await server.RunJobAsync("unheard", video, "a blue car");

        receiver.Answer = (_, _) => Task.CompletedTask;
        using var enabled = await server.Client.PostAsync($"/v1/webhooks/{id}/enable", null, Cancel);
        Assert.Equal(JsonValueKind.Null, (await enabled.JsonAsync()).GetProperty("disabledAt").ValueKind);
        await server.RunJobAsync("heard", video, "a green car");
        var events = await receiver.WaitAsync(sent + 1);
        Assert.Equal("heard", events[^1].Json.GetProperty("data").GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_receiver_that_wants_no_more_is_believed_at_once()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, response) => Task.FromResult(response.StatusCode = 410);
        await using var server = await StartAsync();
        var (_, id) = await AddAsync(server, receiver, "job.completed");

        await server.RunJobAsync("gone", await server.UploadClipAsync());
        await DeliveryAsync(server, id, "Failed");

        Assert.Single(receiver.Events);
        Assert.Contains("wants no more", (await server.GetAsync("/v1/webhooks"))[0].GetProperty("disabledBecause").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_outlast_the_gateway_and_come_once_from_many()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var silent = await StartAsync(new() { ["Webhooks:Every"] = "01:00:00" });
        await AddAsync(silent, receiver, "job.completed");
        var video = await silent.UploadClipAsync();
        for (var job = 0; job < 6; job++)
            await silent.RunJobAsync($"job-{job}", video, $"car {job}");
        Assert.Empty(receiver.Events);

        await using var first = await StartAsync(beside: silent);
        await using var second = await StartAsync(beside: silent);
        await receiver.WaitAsync(6);
        await Task.WhenAll(Sender(first).SendDueAsync(Cancel), Sender(second).SendDueAsync(Cancel));

        Assert.Equal(6, receiver.Events.Count);
        Assert.Equal(6, receiver.Events.Select(happened => happened.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_slow_receiver_holds_up_only_itself()
    {
        await using var slow = await Receiver.StartAsync();
        await using var quick = await Receiver.StartAsync();
        slow.Answer = async (_, response) => await Task.Delay(Timeout.Infinite, response.HttpContext.RequestAborted);
        await using var server = await StartAsync(new() { ["Webhooks:AnswerPatience"] = "00:00:05" });
        var (_, id) = await AddAsync(server, slow, "job.completed");
        await AddAsync(server, quick, "job.completed");

        await server.RunJobAsync("slow", await server.UploadClipAsync());
        await quick.WaitAsync(1);

        Assert.Empty((await server.GetAsync($"/v1/webhooks/{id}/deliveries")).EnumerateArray());
        var attempt = (await DeliveryAsync(server, id, "Pending")).GetProperty("attempts")[0];
        Assert.Equal("There was no answer within 5 s.", attempt.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_new_secret_leaves_time_to_change_over()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var (former, id) = await AddAsync(server, receiver);

        using var answer = await server.Client.PostAsync($"/v1/webhooks/{id}/secret", null, Cancel);
        var latter = (await answer.JsonAsync()).GetProperty("secret").GetString()!;
        using var test = await server.Client.PostAsync($"/v1/webhooks/{id}/test", null, Cancel);

        Assert.Equal(204, (await test.JsonAsync()).GetProperty("status").GetInt32());
        var happened = Assert.Single(receiver.Events);
        Assert.Equal("webhook.test", happened.Type);
        Assert.NotEqual(former, latter);
        Assert.True(happened.IsSignedBy(former) && happened.IsSignedBy(latter));
    }

    [Fact]
    public async Task Secrets_are_shown_once_and_kept_encrypted()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var server = await StartAsync();
        var (secret, _) = await AddAsync(server, receiver);

        Assert.DoesNotContain("whsec_", (await server.GetAsync("/v1/webhooks")).ToString(), StringComparison.Ordinal);
        var kept = await server.Stores.System.ReadDocumentAsync("webhooks/default", Cancel);
        Assert.DoesNotContain(secret["whsec_".Length..^4], System.Text.Encoding.UTF8.GetString(kept!.Content.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, response) =>
        {
            response.Redirect("/elsewhere", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        await using var server = await StartAsync();
        var (_, id) = await AddAsync(server, receiver);

        using var test = await server.Client.PostAsync($"/v1/webhooks/{id}/test", null, Cancel);

        Assert.Contains("redirects are not followed", (await test.JsonAsync()).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(receiver.Events, happened => happened.Type == "redirected");
    }

    [Fact]
    public async Task A_name_that_leads_to_this_machine_is_not_called()
    {
        await using var server = await StartAsync(new() { ["Webhooks:AllowedNetworks:0"] = "192.0.2.0/24" });
        using var made = await server.Client.PostAsJsonAsync("/v1/webhooks", new { url = $"https://localhost:{server.Client.BaseAddress!.Port}/v1/jobs" }, Cancel);
        var id = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("webhook").GetProperty("id").GetString();

        using var test = await server.Client.PostAsync($"/v1/webhooks/{id}/test", null, Cancel);

        var attempt = await test.JsonAsync();
        Assert.Contains("not reachable from the internet", attempt.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, attempt.GetProperty("status").ValueKind);
    }

    [Theory]
    [InlineData("http://example.com/hook", "must begin with https")]
    [InlineData("https://10.0.0.7/hook", "not part of the internet")]
    [InlineData("https://[::1]/hook", "not part of the internet")]
    [InlineData("https://[::ffff:169.254.169.254]/latest/meta-data", "not part of the internet")]
    [InlineData("https://167772167/hook", "not part of the internet")]
    [InlineData("https://ada:secret@example.com/hook", "must not contain")]
    [InlineData("ftp://example.com/hook", "must be an https address")]
    [InlineData("/hook", "must be an https address")]
    public async Task Addresses_that_must_not_be_called_are_refused(string url, string words)
    {
        await using var server = await StartAsync();
        using var answer = await server.Client.PostAsJsonAsync("/v1/webhooks", new { url }, Cancel);
        await answer.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", words);
    }

    [Fact]
    public async Task What_is_wrong_with_a_webhook_is_said()
    {
        await using var server = await StartAsync(new() { ["Webhooks:MostPerTenant"] = "1" });
        using var unknown = await server.Client.PostAsJsonAsync("/v1/webhooks", new { url = "https://example.com", events = new[] { "job.finished" } }, Cancel);
        await unknown.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "'job.finished' is not an event");
        using var weak = await server.Client.PostAsJsonAsync("/v1/webhooks", new { url = "https://example.com", secret = "whsec_c2hvcnQ=" }, Cancel);
        await weak.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "24 to 64 bytes");
        using var made = await server.Client.PostAsJsonAsync("/v1/webhooks", new { url = "https://example.com" }, Cancel);
        var id = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("webhook").GetProperty("id").GetString();
        using var more = await server.Client.PostAsJsonAsync("/v1/webhooks", new { url = "https://example.com" }, Cancel);
        await more.ProblemAsync(HttpStatusCode.Conflict, "too-many-webhooks");

        using var deleted = await server.Client.DeleteAsync($"/v1/webhooks/{id}", Cancel);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var again = await server.Client.DeleteAsync($"/v1/webhooks/{id}", Cancel);
        await again.ProblemAsync(HttpStatusCode.NotFound, "webhook-not-found");
    }

    private static Task<WebServer> StartAsync(Dictionary<string, string?>? settings = null, WebServer? beside = null) => WebServer.StartAsync(
        new Dictionary<string, string?>
        {
            ["Webhooks:AllowedNetworks:0"] = "127.0.0.1/32",
            ["Webhooks:Every"] = "00:00:00.05",
            ["Webhooks:Pauses:0"] = "00:00:00.1",
            ["Webhooks:Pauses:1"] = "00:00:00.1",
            ["Webhooks:Pauses:2"] = "00:00:00.1",
            ["Webhooks:Pauses:3"] = "00:00:00.1",
        }.Concat(settings ?? []).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value),
        beside: beside);

    private static WebhookSender Sender(WebServer server) => server.Services.GetRequiredService<WebhookSender>();

    private static async Task<(string Secret, string Id)> AddAsync(WebServer server, Receiver receiver, params string[] events)
    {
        using var answer = await server.Client.PostAsJsonAsync("/v1/webhooks", new { url = receiver.Url, events }, Cancel);
        var made = await answer.JsonAsync(HttpStatusCode.Created);
        return (made.GetProperty("secret").GetString()!, made.GetProperty("webhook").GetProperty("id").GetString()!);
    }

    /// <summary>The latest delivery, once it has a state.</summary>
    private static async Task<JsonElement> DeliveryAsync(WebServer server, string id, string state)
    {
        for (var tries = 0; ; tries++)
        {
            var deliveries = await server.GetAsync($"/v1/webhooks/{id}/deliveries");
            if (deliveries.GetArrayLength() > 0 && deliveries[0].GetProperty("state").GetString() == state)
                return deliveries[0];
            Assert.True(tries < 500, $"Not {state}: {deliveries}");
            await Task.Delay(20, Cancel);
        }
    }
}
