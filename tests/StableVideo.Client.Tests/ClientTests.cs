using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StableVideo.Client;

namespace StableVideo.Tests.Client;

public sealed class ClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-client-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_upload_goes_on_from_where_the_server_is_after_broken_connections()
    {
        var (file, bytes) = Random("clip.mp4", 5300);
        var received = new MemoryStream();
        var patches = 0;
        await using var server = await BadServer.StartAsync(app =>
        {
            app.MapGet("/v1/videos/{id}", () => Results.NotFound());
            app.MapPost("/v1/uploads", (HttpContext context) =>
            {
                Assert.Equal(("1.0.0", "5300", "Bearer sv_test"), (context.Request.Headers["Tus-Resumable"].ToString(), context.Request.Headers["Upload-Length"].ToString(), context.Request.Headers.Authorization.ToString()));
                context.Response.Headers.Location = "/v1/uploads/u1";
                return Results.StatusCode(201);
            });
            app.MapMethods("/v1/uploads/u1", ["HEAD"], (HttpContext context) =>
            {
                context.Response.Headers["Upload-Offset"] = $"{received.Length}";
                return Results.Ok();
            });
            app.MapMethods("/v1/uploads/u1", ["PATCH"], async (HttpContext context) =>
            {
                var chunk = new MemoryStream();
                await context.Request.Body.CopyToAsync(chunk);
                Assert.Equal($"{received.Length}", context.Request.Headers["Upload-Offset"].ToString());
                Assert.Equal($"sha256 {Convert.ToBase64String(SHA256.HashData(chunk.ToArray()))}", context.Request.Headers["Upload-Checksum"].ToString());
                var turn = ++patches;
                if (turn == 2) // half of it arrived
                    received.Write(chunk.ToArray(), 0, 400);
                if (turn is 2 or 4)
                {
                    BadServer.Break(context);
                    return;
                }

                chunk.WriteTo(received);
                context.Response.StatusCode = 204;
                context.Response.Headers["Upload-Offset"] = $"{received.Length}";
            });
            app.MapGet("/v1/uploads/u1", () => Results.Json(new { id = "u1", state = "Ready", offset = 5300, length = 5300, video = new { id = "sha256-x", width = 64, height = 32 } }));
        });
        var told = new List<double>();
        var video = await server.Client.Videos.UploadAsync(file, progress: new Told(told), cancellationToken: Cancel);

        Assert.Equal(("sha256-x", 64), (video.Id, video.Width));
        Assert.Equal(bytes, received.ToArray());
        Assert.Equal(1, told[^1]);
    }

    [Fact]
    public async Task A_file_that_the_server_has_is_not_sent()
    {
        var (file, bytes) = Random("clip.mp4", 3000);
        var id = $"sha256-{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        await using var server = await BadServer.StartAsync(app => app.MapGet("/v1/videos/{asked}", (string asked) => asked == id ? Results.Json(new { id }) : Results.NotFound()));

        Assert.Equal(id, (await server.Client.Videos.UploadAsync(file, cancellationToken: Cancel)).Id);
    }

    [Fact]
    public async Task A_file_that_is_refused_says_why()
    {
        var (file, _) = Random("clip.mp4", 10);
        await using var server = await BadServer.StartAsync(app =>
        {
            app.MapGet("/v1/videos/{id}", () => Results.NotFound());
            app.MapPost("/v1/uploads", (HttpContext context) =>
            {
                context.Response.Headers.Location = "/v1/uploads/u1";
                return Results.StatusCode(201);
            });
            app.MapMethods("/v1/uploads/u1", ["PATCH"], (HttpContext context) =>
            {
                context.Response.Headers["Upload-Offset"] = "10";
                return Results.NoContent();
            });
            app.MapGet("/v1/uploads/u1", () => Results.Json(new { id = "u1", state = "Refused", error = "It is a spreadsheet." }));
        });

        var refusal = await Assert.ThrowsAsync<StableVideoException>(() => server.Client.Videos.UploadAsync(file, cancellationToken: Cancel));
        Assert.Equal("It is a spreadsheet.", refusal.Message);
    }

    [Fact]
    public async Task A_watch_that_is_cut_off_sees_each_event_once()
    {
        var connections = 0;
        await using var server = await BadServer.StartAsync(app => app.MapGet("/v1/jobs/a/events", async (HttpContext context) =>
        {
            var after = long.TryParse(context.Request.Headers["Last-Event-ID"], out var last) ? last : 0;
            if (++connections == 2)
            {
                context.Response.StatusCode = 503;
                return;
            }

            context.Response.ContentType = "text/event-stream";
            if (connections == 3)
                await context.Response.WriteAsync("event: status\ndata: {\"id\":\"a\",\"state\":\"Completed\",\"request\":{\"video\":\"v\"}}\n\n");
            // One event more is sent than the reader is behind: what it knows already must not be told twice.
            for (var sequence = Math.Max(1, after); sequence <= 6; sequence++)
            {
                await context.Response.WriteAsync($"id: {sequence}\nevent: Progress\ndata: {{\"sequence\":{sequence},\"kind\":\"Progress\"}}\n\n");
                await context.Response.Body.FlushAsync();
                if (connections is 1 && sequence == 3)
                {
                    BadServer.Break(context);
                    return;
                }
            }
        }));
        var updates = await server.Client.WatchAsync("a", cancellationToken: Cancel).ToListAsync(Cancel);

        Assert.Equal([1L, 2, 3, 4, 5, 6], updates.Where(update => update.Event is not null).Select(update => update.Event!.Sequence));
        Assert.Equal(JobState.Completed, Assert.Single(updates, update => update.Job is not null).Job!.State);
        Assert.Equal(3, connections);
    }

    [Fact]
    public async Task A_watch_behind_the_end_ends()
    {
        await using var server = await BadServer.StartAsync(app => app.MapGet("/v1/jobs/{id}/events", () => Results.NoContent()));

        Assert.Empty(await server.Client.WatchAsync("a", after: 9, cancellationToken: Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_watch_of_nothing_ends_at_once()
    {
        await using var server = await BadServer.StartAsync(app => app.MapGet("/v1/jobs/{id}/events", () => Results.Problem("There is no job 'a'.", statusCode: 404, type: "urn:stablevideo:problem:job-not-found")));

        var problem = await Assert.ThrowsAsync<StableVideoException>(async () => await server.Client.WatchAsync("a", cancellationToken: Cancel).ToListAsync(Cancel));
        Assert.Equal((404, "job-not-found", "There is no job 'a'."), (problem.Status, problem.Type, problem.Message));
    }

    [Fact]
    public async Task A_download_that_breaks_goes_on_and_a_damaged_one_leaves_nothing()
    {
        var bytes = RandomNumberGenerator.GetBytes(200_000);
        var id = $"sha256-{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        var ranges = new List<string>();
        await using var server = await BadServer.StartAsync(app => app.MapGet("/v1/jobs/a/artifacts/video", async (HttpContext context) =>
        {
            ranges.Add(context.Request.Headers.Range.ToString());
            var from = ranges[^1].Length == 0 ? 0 : int.Parse(ranges[^1]["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            context.Response.StatusCode = from == 0 ? 200 : 206;
            context.Response.ContentLength = bytes.Length - from;
            if (from == 0)
            {
                await context.Response.Body.WriteAsync(bytes.AsMemory(0, 120_000));
                await context.Response.Body.FlushAsync();
                await Task.Delay(100);
                BadServer.Break(context);
                return;
            }

            await context.Response.Body.WriteAsync(bytes.AsMemory(from));
        }));
        var path = Path.Combine(_folder, "new", "video.mp4");
        await server.Client.DownloadAsync(new JobArtifact("video", "Compose", "video/mp4", id, "/v1/jobs/a/artifacts/video"), path, cancellationToken: Cancel);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, Cancel));
        Assert.Equal(2, ranges.Count);

        var damaged = new JobArtifact("video", "Compose", "video/mp4", $"sha256-{new string('0', 64)}", "/v1/jobs/a/artifacts/video");
        var problem = await Assert.ThrowsAsync<StableVideoException>(() => server.Client.DownloadAsync(damaged, Path.Combine(_folder, "other", "video.mp4"), cancellationToken: Cancel));
        Assert.Contains("damaged", problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "other")));
    }

    [Fact]
    public async Task Calls_are_repeated_while_the_server_is_busy_and_not_when_it_says_no()
    {
        var (busy, wrong) = (0, 0);
        await using var server = await BadServer.StartAsync(app =>
        {
            app.MapGet("/v1/queue", (HttpContext context) =>
            {
                if (++busy < 4)
                    return Results.StatusCode(503);
                return Results.Json(new { own = new { waiting = 2, running = 1 }, tomorrow = "what newer servers add is passed over" });
            });
            app.MapPut("/v1/jobs/{id}", () =>
            {
                wrong++;
                return Results.Json(new { type = "urn:stablevideo:problem:job-rejected", title = "No", detail = "Steps is 0.", errors = new[] { "Steps is 0.", "Seed is -1." } }, contentType: "application/problem+json", statusCode: 400);
            });
        });
        Assert.Equal(2, (await server.Client.GetQueueAsync(Cancel)).Own.Waiting);

        var problem = await Assert.ThrowsAsync<StableVideoException>(() => server.Client.SubmitAsync("a", new JobSubmission { Video = "v" }, Cancel));
        Assert.Equal((400, "job-rejected", 2, 1), (problem.Status, problem.Type, problem.Errors.Count, wrong));
    }

    [Fact]
    public async Task What_is_no_server_is_said_to_be_none()
    {
        using var nobody = new StableVideoClient(new Uri($"http://127.0.0.1:{Ports.Free()}"), new StableVideoClientOptions { Tries = 2, FirstPause = TimeSpan.FromMilliseconds(1) });
        var silence = await Assert.ThrowsAsync<StableVideoException>(() => nobody.GetQueueAsync(Cancel));
        Assert.Contains("can not be reached", silence.Message, StringComparison.Ordinal);

        await using var other = await BadServer.StartAsync(app => app.MapGet("/v1/queue", () => Results.Content("<html>", "text/html")));
        var stranger = await Assert.ThrowsAsync<StableVideoException>(() => other.Client.GetQueueAsync(Cancel));
        Assert.Contains("not as a StableVideo server", stranger.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new StableVideoClient(new Uri("ftp://elsewhere")));
    }

    private (string Path, byte[] Bytes) Random(string name, int length)
    {
        var (path, bytes) = (Path.Combine(_folder, name), RandomNumberGenerator.GetBytes(length));
        File.WriteAllBytes(path, bytes);
        return (path, bytes);
    }

    private sealed class Told(List<double> parts) : IProgress<double>
    {
        public void Report(double value) => parts.Add(value);
    }
}
