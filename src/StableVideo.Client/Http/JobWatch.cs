using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace StableVideo.Client.Http;

/// <summary>Reads the event stream of a job, and comes back behind the last event seen when it is cut off.</summary>
internal sealed class JobWatch(Connection connection, string path)
{
    private const string Status = "status";

    /// <summary>Longer than the server's pauses between two signs of life.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);
    private long _last;
    private int _failures;
    private bool _isOver;
    private DateTimeOffset _heardAt = DateTimeOffset.UtcNow;

    public async IAsyncEnumerable<JobUpdate> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _last = after;
        while (true)
        {
            await using var updates = ConnectedAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await MoveNextAsync(updates, cancellationToken))
            {
                (_failures, _heardAt) = (0, DateTimeOffset.UtcNow);
                _isOver |= updates.Current.Job?.HasEnded == true;
                yield return updates.Current;
            }

            // The server tells the state first, then what led to it, and closes the stream behind the last of that.
            if (_isOver)
                yield break;
            await connection.PauseAsync(++_failures, null, cancellationToken);
        }
    }

    private async IAsyncEnumerable<JobUpdate> ConnectedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (_last > 0)
            request.Headers.Add("Last-Event-ID", $"{_last}");
        using var answer = await connection.SendOnceAsync(request, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NoContent)
        {
            // All was seen before.
            _isOver = true;
            yield break;
        }

        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await using var watched = new ImpatientStream(stream, Silence);
        await foreach (var item in SseParser.Create(watched).EnumerateAsync(cancellationToken))
        {
            if (item.EventType == Status)
            {
                yield return new JobUpdate(JsonSerializer.Deserialize(item.Data, WireJson.Default.Job), null);
            }
            else if (JsonSerializer.Deserialize(item.Data, WireJson.Default.JobEvent) is { } happened && happened.Sequence > _last)
            {
                _last = happened.Sequence;
                yield return new JobUpdate(null, happened);
            }
        }
    }

    /// <summary><see langword="false"/> when the stream ended or broke and is worth another try.</summary>
    private async Task<bool> MoveNextAsync(IAsyncEnumerator<JobUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (StableVideoException exception) when (Connection.IsPassing(exception) && DateTimeOffset.UtcNow - _heardAt < connection.Options.WatchPatience)
        {
            return false;
        }
        catch (Exception exception) when (exception is not StableVideoException && Connection.IsSilence(exception, cancellationToken))
        {
            return DateTimeOffset.UtcNow - _heardAt < connection.Options.WatchPatience ? false : throw connection.Unreachable(exception);
        }
    }
}
