using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using StableVideo.Editing;

namespace StableVideo.Tests.Web.Load;

/// <summary>One gateway process under load. Takes minutes and wants a quiet machine, so it runs only when asked for: <c>-explicit only -class "*LoadTests"</c>.</summary>
public sealed class LoadTests
{
    private const int Streams = 500;
    private const int Jobs = 50;
    private const int RequestsPerSecond = 100;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>How long, in seconds; the variable <c>STABLEVIDEO_LOAD_SECONDS</c> changes it.</summary>
    private static int Seconds => int.TryParse(Environment.GetEnvironmentVariable("STABLEVIDEO_LOAD_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 120;

    [Fact(Explicit = true)]
    public async Task Five_hundred_streams_and_a_hundred_requests_a_second_are_served_without_error()
    {
        await using var gateway = await GatewayProcess.StartAsync(Cancel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        gateway.Executor.Behaviour = async (stage, _, progress, cancellation) =>
        {
            for (var step = 0; stage == StageKind.Decompose; step++)
            {
                progress.Report(new StageProgress(Math.Min(0.99, step / 1000.0), $"step {step}"));
                await Task.Delay(2000, cancellation);
            }
        };
        var video = await UploadAsync(gateway.Client);
        for (var job = 0; job < Jobs; job++)
        {
            using var accepted = await gateway.Client.PutAsJsonAsync($"/v1/jobs/load-{job}", new { video, settings = new { foregroundPrompt = $"car {job}" } }, Cancel);
            Assert.True(accepted.IsSuccessStatusCode);
        }

        var (events, errors) = (new int[Streams], new ConcurrentQueue<string>());
        var streams = Enumerable.Range(0, Streams).Select(stream => ReadAsync(gateway.Client, $"load-{stream % Jobs}", () => Interlocked.Increment(ref events[stream]), errors, over.Token)).ToList();
        while (events.Any(count => count == 0))
            await Task.Delay(100, Cancel);
        _ = await AskAsync(gateway.Client, 10, errors);
        var before = gateway.Memory;
        var times = await AskAsync(gateway.Client, Seconds / 2, errors);
        var half = gateway.Memory;
        times.AddRange(await AskAsync(gateway.Client, Seconds / 2, errors));
        var after = gateway.Memory;
        await over.CancelAsync();
        await Task.WhenAll(streams);

        times.Sort();
        var (p50, p99, worst) = (times[times.Count / 2], times[times.Count * 99 / 100], times[^1]);
        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture,
            $"{Streams} streams got {events.Sum()} events; {times.Count} requests in {Seconds} s: p50 {p50:0.0} ms, p99 {p99:0.0} ms, slowest {worst:0} ms; memory {before:0}, {half:0}, {after:0} MiB; {errors.Count} errors."));
        Assert.Empty(errors);
        Assert.True(p99 <= 50, $"p99 is {p99} ms.");
        Assert.True(after < half + 40, $"Memory grew from {half} to {after} MiB.");
    }

    [Fact(Explicit = true)]
    public async Task Whoever_sends_too_slowly_is_cut_off()
    {
        await using var gateway = await GatewayProcess.StartAsync(Cancel);
        var headers = TrickleAsync(gateway.Client.BaseAddress!, "GET /v1/queue HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        var body = TrickleAsync(gateway.Client.BaseAddress!, "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n");
        var (headerSeconds, bodySeconds) = (await headers, await body);

        TestContext.Current.SendDiagnosticMessage($"Slow headers were cut after {headerSeconds:0} s, a slow body after {bodySeconds:0} s.");
        Assert.InRange(headerSeconds, 1, 45);
        Assert.InRange(bodySeconds, 1, 45);
    }

    /// <summary>Sends a byte each half second until the server closes the connection; the time that took, in seconds.</summary>
    private static async Task<double> TrickleAsync(Uri server, string start)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port, Cancel);
        var stream = socket.GetStream();
        var begin = Stopwatch.GetTimestamp();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(start), Cancel);
        var closed = Task.Run(
            async () =>
            {
                try
                {
                    var answer = new byte[4096];
                    while (await stream.ReadAsync(answer, Cancel) > 0)
                        Cancel.ThrowIfCancellationRequested();
                }
                catch (IOException)
                {
                    // Reset.
                }
            },
            Cancel);
        while (!closed.IsCompleted && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(60))
        {
            try
            {
                await stream.WriteAsync("x"u8.ToArray(), Cancel);
            }
            catch (IOException)
            {
                break;
            }

            await Task.WhenAny(closed, Task.Delay(500, Cancel));
        }

        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static async Task<string> UploadAsync(HttpClient client)
    {
        using var answer = await client.PostAsync("/v1/videos?name=clip.mp4", new ByteArrayContent(await Clips.ClipAsync()), Cancel);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetString()!;
    }

    private static async Task ReadAsync(HttpClient client, string job, Action got, ConcurrentQueue<string> errors, CancellationToken over)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/jobs/{job}/events");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(over));
            while (await reader.ReadLineAsync(over) is { } line)
            {
                if (line.StartsWith("event:", StringComparison.Ordinal))
                    got();
            }

            errors.Enqueue($"The stream of {job} ended.");
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The test is over.
        }
        catch (Exception exception)
        {
            errors.Enqueue(exception.Message);
        }
    }

    /// <summary>Asks for jobs at a steady rate; how long each answer took from when it was to be asked for, in ms.</summary>
    private static async Task<List<double>> AskAsync(HttpClient client, int seconds, ConcurrentQueue<string> errors)
    {
        var times = new ConcurrentBag<double>();
        var start = Stopwatch.GetTimestamp();
        var asked = new List<Task>();
        for (var number = 0; number < seconds * RequestsPerSecond; number++)
        {
            var due = TimeSpan.FromSeconds((double)number / RequestsPerSecond);
            if (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } early)
                await Task.Delay(early, Cancel);
            asked.Add(AskOnceAsync(client, $"/v1/jobs/load-{number % Jobs}", times, errors));
        }

        await Task.WhenAll(asked);
        return [.. times];
    }

    private static async Task AskOnceAsync(HttpClient client, string path, ConcurrentBag<double> times, ConcurrentQueue<string> errors)
    {
        var begin = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await client.GetAsync(path, Cancel);
            var job = await answer.JsonAsync();
            if (job.GetProperty("state").GetString() != "Running")
                errors.Enqueue($"{path}: {job.GetProperty("state")}");
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }
        catch (Exception exception)
        {
            errors.Enqueue($"{path}: {exception.Message}");
        }
    }
}
