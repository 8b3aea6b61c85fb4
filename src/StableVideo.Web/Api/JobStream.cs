using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StableVideo.Client;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Web.Api;

/// <summary>
/// A job as server-sent events: each event of the job once, with its number as the id, and the whole job as the event <c>status</c> whenever it changed, at
/// most about twice a second. A reader that was cut off sends the last id it has seen and misses nothing.
/// </summary>
internal sealed class JobStream(IJobs jobs, Caller caller, string id, long after, CancellationToken stopping) : IResult
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private long _after = after;
    private string _told = "";
    private long _writtenAt;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await response.WriteAsync("retry: 1000\n\n", ended.Token);
            _writtenAt = Stopwatch.GetTimestamp();
            await foreach (var job in WithHeartbeat(response, ended.Token))
            {
                await WriteAsync(response, job, ended.Token);
                if (!job.HasEnded)
                    await Task.Delay(Pace, ended.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ProblemException)
        {
            // The reader has gone, the host stops, or the cluster does not answer: whoever still listens comes again.
        }
    }

    private async IAsyncEnumerable<Job> WithHeartbeat(HttpResponse response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var states = jobs.WatchAsync(caller, id, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = states.MoveNextAsync().AsTask();
        try
        {
            while (await NextAsync(next, response, cancellationToken))
            {
                yield return states.Current;
                next = states.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // A silo may still owe an answer: whoever reads the stream is not made to wait for it.
            _ = EndAsync(states, next);
        }
    }

    private async Task<bool> NextAsync(Task<bool> next, HttpResponse response, CancellationToken cancellationToken)
    {
        while (!await EndsWithinAsync(next, Heartbeat - Stopwatch.GetElapsedTime(_writtenAt), cancellationToken))
        {
            await response.WriteAsync(": still here\n\n", cancellationToken);
            await FlushAsync(response, cancellationToken);
        }

        return await next;
    }

    private static async Task<bool> EndsWithinAsync(Task next, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = await Task.WhenAny(next, Task.Delay(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, over.Token)) == next;
        await over.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return ended;
    }

    private static async Task EndAsync(IAsyncEnumerator<Job> states, Task next)
    {
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await states.DisposeAsync();
    }

    /// <summary>The state goes before its events: who has seen the last event has seen the last state. A state that is the same as before, such as after a sign of life, is not told.</summary>
    private async Task WriteAsync(HttpResponse response, Job job, CancellationToken cancellationToken)
    {
        var state = JsonSerializer.Serialize(job, WireMessages.Json);
        if (state == _told)
            return;
        await response.WriteAsync($"event: status\ndata: {_told = state}\n\n", cancellationToken);
        if (job.Sequence > _after)
        {
            foreach (var happened in (await jobs.EventsAsync(caller, id, _after, cancellationToken)).Where(happened => happened.Sequence <= job.Sequence))
            {
                await response.WriteAsync($"id: {happened.Sequence}\nevent: {happened.Kind}\ndata: {JsonSerializer.Serialize(happened, WireMessages.Json)}\n\n", cancellationToken);
                _after = happened.Sequence;
            }
        }

        await FlushAsync(response, cancellationToken);
    }

    private Task FlushAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        _writtenAt = Stopwatch.GetTimestamp();
        return response.Body.FlushAsync(cancellationToken);
    }
}
