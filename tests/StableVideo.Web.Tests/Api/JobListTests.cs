using System.Diagnostics;
using System.Text.Json;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Tests.Web.Api;

public sealed class JobListTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Videos = [.. Enumerable.Range(0, 3).Select(i => ArtifactId.Of([(byte)i]).Value)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_hold_every_job_once_latest_first_ended_or_not()
    {
        await using var server = await WebServer.StartAsync();
        var video = await server.UploadClipAsync();
        var waiting = new TaskCompletionSource();
        server.Executor.Behaviour = (_, inputs, _, cancellation) =>
            inputs.Settings.ForegroundPrompt == "waits" ? waiting.Task.WaitAsync(cancellation) : Task.CompletedTask;
        for (var number = 0; number < 7; number++)
        {
            using var accepted = await server.PutJobAsync($"job-{number}", video, number % 3 == 0 ? "waits" : $"car {number}");
            Assert.True(accepted.IsSuccessStatusCode);
        }

        foreach (var number in new[] { 1, 2, 4, 5 })
            await server.EndAsync($"job-{number}");
        var pages = await PagesAsync(server, "limit=3");
        Assert.Equal([3, 3, 1], pages.Select(page => page.Count));
        Assert.Equal(Enumerable.Range(0, 7).Reverse().Select(number => $"job-{number}"), pages.SelectMany(page => page).Select(job => job.GetProperty("id").GetString()));
        Assert.Equal(4, (await PagesAsync(server, "state=Completed&limit=200")).Sum(page => page.Count));
        Assert.Equal(3, (await PagesAsync(server, "state=Running&limit=200")).Sum(page => page.Count));
        Assert.Empty((await PagesAsync(server, $"video={Videos[0]}")).SelectMany(page => page));
        waiting.SetResult();
        await server.EndAsync("job-0");
        Assert.Equal("Completed", (await PagesAsync(server, "")).SelectMany(page => page).Last().GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_page_of_ten_thousand_jobs_is_read_in_a_fraction_of_a_second()
    {
        await using var server = await WebServer.StartAsync();
        WriteEntries(server, 10_000);

        // The first requests compile code.
        for (var warm = 0; warm < 5; warm++)
            await server.GetAsync("/v1/jobs?limit=50");
        var first = await TimesAsync(server, "limit=50");
        var filtered = await TimesAsync(server, "limit=50&state=Failed");
        var byVideo = await TimesAsync(server, $"limit=50&video={Videos[2]}");
        var ids = (await PagesAsync(server, "limit=200")).SelectMany(page => page).Select(job => job.GetProperty("id").GetString()).ToList();

        TestContext.Current.SendDiagnosticMessage($"10,000 jobs, pages of 50: p99 {first:0} ms; one state of five {filtered:0} ms; one video of three {byVideo:0} ms.");
        Assert.Equal(Enumerable.Range(0, 10_000).Reverse().Select(number => $"job-{number}"), ids);
        Assert.True(first < 500, $"It took {first} ms.");
        Assert.True(filtered < 1000, $"With a state it took {filtered} ms.");
        Assert.True(byVideo < 1000, $"With a video it took {byVideo} ms.");
    }

    /// <summary>Entries as silos write them, straight into the folder: 10,000 flushes of a disk would take longer than the test.</summary>
    private static void WriteEntries(WebServer server, int count)
    {
        var folder = Directory.CreateDirectory(Path.Combine(server.Folder, "documents", "jobindex", "default")).FullName;
        for (var number = 0; number < count; number++)
        {
            var submittedAt = Start.AddSeconds(number);
            var entry = new JobIndexEntry(
                $"job-{number}", submittedAt, Videos[number % 3], number % 5 == 0 ? JobState.Failed : JobState.Completed, submittedAt.AddMinutes(1), "a red car", null, null);
            var name = JobIndex.NameOf(new JobKey("default", entry.Id), submittedAt);
            File.WriteAllText(
                Path.Combine(folder, Path.GetFileName(name) + "@"),
                $"{Guid.CreateVersion7():n}\n{JsonSerializer.Serialize(entry, StableVideo.Web.Services.WireMessages.Json)}");
        }
    }

    /// <summary>The 99th percentile of 100 requests in ms.</summary>
    private static async Task<double> TimesAsync(WebServer server, string query)
    {
        var times = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Assert.Equal(50, (await server.GetAsync($"/v1/jobs?{query}")).GetProperty("items").GetArrayLength());
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Order().ElementAt(98);
    }

    private static async Task<List<List<JsonElement>>> PagesAsync(WebServer server, string query)
    {
        var pages = new List<List<JsonElement>>();
        for (string? after = null; ;)
        {
            var page = await server.GetAsync($"/v1/jobs?{query}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            pages.Add([.. page.GetProperty("items").EnumerateArray()]);
            Cancel.ThrowIfCancellationRequested();
            if (page.TryGetProperty("next", out var next) && next.GetString() is { } more)
                after = more;
            else
                return pages;
        }
    }
}
