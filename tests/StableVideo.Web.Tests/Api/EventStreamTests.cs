using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using StableVideo.Cluster;
using StableVideo.Editing;

namespace StableVideo.Tests.Web.Api;

public sealed class EventStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_reader_that_is_cut_off_again_and_again_sees_every_event_once(int seed)
    {
        await using var server = await WebServer.StartAsync();
        await using var beside = await WebServer.StartAsync(beside: server);
        server.Executor.Behaviour = async (_, _, progress, cancellation) =>
        {
            for (var step = 0; step < 5; step++)
            {
                progress.Report(new StageProgress(step / 5.0, $"step {step}"));
                await Task.Delay(60, cancellation);
            }
        };
        using var accepted = await server.PutJobAsync("cut", await server.UploadClipAsync());
        Assert.True(accepted.IsSuccessStatusCode);

        var random = new Random(seed);
        var (seen, last, states) = (new List<long>(), "0", new List<string>());
        var start = Stopwatch.GetTimestamp();
        while (states.LastOrDefault() != "Completed")
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "The stream did not tell the end.");
            var cutAfter = random.Next(1, 6);
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            using var answer = await OpenAsync(random.Next(2) == 0 ? server : beside, "cut", last);
            await foreach (var item in Parse(answer, cut.Token))
            {
                if (item.EventType == "status")
                    states.Add(JsonSerializer.Deserialize<JsonElement>(item.Data).GetProperty("state").GetString()!);
                else
                    seen.Add(long.Parse(last = item.EventId!));
                if (--cutAfter == 0)
                    break;
            }
        }

        using var rest = await OpenAsync(server, "cut", last);
        if (rest.StatusCode == HttpStatusCode.OK)
        {
            await foreach (var item in Parse(rest, Cancel))
            {
                if (item.EventType != "status")
                    seen.Add(long.Parse(last = item.EventId!));
            }
        }

        var events = (await server.GetAsync("/v1/jobs/cut/events")).EnumerateArray().Select(happened => happened.GetProperty("sequence").GetInt64()).ToList();
        Assert.Equal(seen.Order().Distinct(), seen);
        Assert.Empty(events.Except(seen));
        Assert.Equal(events[^1], seen[^1]);
        using var over = await OpenAsync(server, "cut", last);
        Assert.Equal(HttpStatusCode.NoContent, over.StatusCode);
    }

    [Fact]
    public async Task Progress_is_told_at_most_about_twice_a_second_and_the_end_at_once()
    {
        await using var server = await WebServer.StartAsync();
        server.Executor.Behaviour = async (stage, _, progress, cancellation) =>
        {
            for (var step = 0; stage == StageKind.Decompose && step < 100; step++)
            {
                progress.Report(new StageProgress(step / 100.0, $"step {step}"));
                await Task.Delay(20, cancellation);
            }
        };
        using var accepted = await server.PutJobAsync("paced", await server.UploadClipAsync());
        using var answer = await OpenAsync(server, "paced", "0");
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var start = Stopwatch.GetTimestamp();
        var statuses = new List<string>();
        await foreach (var item in Parse(answer, Cancel))
        {
            if (item.EventType == "status")
                statuses.Add(JsonSerializer.Deserialize<JsonElement>(item.Data).GetProperty("state").GetString()!);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Assert.Equal("Completed", statuses[^1]);
        Assert.InRange(statuses.Count, 3, 4 + (2.6 * seconds));
    }

    [Fact]
    public async Task A_stream_ends_within_a_second_when_the_host_stops_and_another_gateway_goes_on()
    {
        await using var server = await WebServer.StartAsync();
        await using var beside = await WebServer.StartAsync(beside: server);
        var release = new TaskCompletionSource();
        server.Executor.Behaviour = (_, _, _, cancellation) => release.Task.WaitAsync(cancellation);
        using var accepted = await server.PutJobAsync("restart", await server.UploadClipAsync());
        using var answer = await OpenAsync(beside, "restart", "0");
        var reading = Task.Run(
            async () =>
            {
                await foreach (var _ in Parse(answer, Cancel))
                {
                }
            },
            Cancel);
        await Task.Delay(500, Cancel);
        Assert.False(reading.IsCompleted);
        var stop = Stopwatch.GetTimestamp();
        await beside.StopAsync();
        await Task.WhenAny(reading);
        Assert.True(Stopwatch.GetElapsedTime(stop) < TimeSpan.FromSeconds(1), $"It took {Stopwatch.GetElapsedTime(stop)}.");

        release.SetResult();
        using var again = await OpenAsync(server, "restart", "1");
        var last = "";
        await foreach (var item in Parse(again, Cancel))
            last = item.EventType == "status" ? item.Data : last;
        Assert.Equal("Completed", JsonSerializer.Deserialize<JsonElement>(last).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_stream_with_nothing_to_tell_says_that_it_is_still_there()
    {
        // A job whose last stage waits for a CPU silo, of which there is none: while a stage is computed, its progress is told now and then.
        await using var server = await WebServer.StartAsync(configureStages: stages => stages.Roles = SiloRoles.Gpu);
        using var accepted = await server.PutJobAsync("quiet", await server.UploadClipAsync());
        using var answer = await OpenAsync(server, "quiet", "0");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        var start = Stopwatch.GetTimestamp();
        while (await reader.ReadLineAsync(Cancel) != ": still here")
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(40), "No sign of life came.");
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 10, 40);
    }

    [Fact]
    public async Task A_stream_of_what_is_not_there_is_a_problem()
    {
        await using var server = await WebServer.StartAsync();
        using var job = await OpenAsync(server, "nobody", "0");
        using var number = await OpenAsync(server, "nobody", "last");

        await job.ProblemAsync(HttpStatusCode.NotFound, "job-not-found");
        await number.ProblemAsync(HttpStatusCode.BadRequest, "invalid-request", "Last-Event-ID");
    }

    private static async Task<HttpResponseMessage> OpenAsync(WebServer server, string id, string last)
    {
        using var request = Answers.Request(HttpMethod.Get, $"/v1/jobs/{id}/events", null, ("Last-Event-ID", last));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        return await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    private static async IAsyncEnumerable<SseItem<string>> Parse(
        HttpResponseMessage answer, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (answer.StatusCode == HttpStatusCode.NoContent)
            yield break;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(patience.Token))
            yield return item;
    }
}
