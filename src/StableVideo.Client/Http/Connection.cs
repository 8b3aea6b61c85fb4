using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StableVideo.Client.Http;

/// <summary>Sends requests: repeats those that can be repeated, and turns failures into words.</summary>
internal sealed class Connection(HttpClient http, Uri server, StableVideoClientOptions options)
{
    private const string TypePrefix = "urn:stablevideo:problem:";

    public StableVideoClientOptions Options => options;

    /// <summary>Asks for a message.</summary>
    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        AskAsync(() => new HttpRequestMessage(HttpMethod.Get, path), type, cancellationToken);

    /// <summary>Makes a call that can be repeated and reads its answer.</summary>
    public async Task<T> AskAsync<T>(Func<HttpRequestMessage> request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(request, cancellationToken);
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new StableVideoException($"{server} answers, but not as a StableVideo server. Check the address.", exception) { Status = (int)answer.StatusCode };
        }
    }

    /// <summary>Makes a call that can be repeated until it succeeds, fails for good, or was tried often enough.</summary>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendOnceAsync(request(), cancellationToken);
            }
            catch (StableVideoException exception) when (attempt < options.Tries && IsPassing(exception))
            {
                await PauseAsync(attempt, exception.RetryAfter, cancellationToken);
            }
        }
    }

    /// <summary>Makes a call once.</summary>
    /// <exception cref="StableVideoException">It failed.</exception>
    public async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(server, request.RequestUri!.OriginalString);
        if (options.Key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Key);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.AnswerPatience);
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (Exception exception) when (IsSilence(exception, cancellationToken))
        {
            throw Unreachable(exception);
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified)
            return answer;
        using (answer)
            throw await ProblemAsync(answer, cancellationToken);
    }

    /// <summary>Whether a failure may be gone the next time.</summary>
    public static bool IsPassing(StableVideoException exception) => exception.Status is null or 408 or 429 or 502 or 503 or 504;

    /// <summary>Whether a connection broke.</summary>
    public static bool IsSilence(Exception exception, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && exception is HttpRequestException or IOException or OperationCanceledException;

    public StableVideoException Unreachable(Exception exception) => new(
        exception is OperationCanceledException
            ? $"{server} did not answer within {options.AnswerPatience.TotalSeconds:0} s. Try again later."
            : $"{server} can not be reached ({Cause(exception)}). Check the address, and that the server is up.",
        exception);

    /// <summary>Waits before the next try.</summary>
    public Task PauseAsync(int attempt, TimeSpan? asked, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromTicks(Math.Min(options.LongestPause.Ticks, options.FirstPause.Ticks << Math.Min(attempt - 1, 20)));
        // By chance, so that many clients that were cut off together do not come back together.
        var shortened = pause * (0.5 + (0.5 * Random.Shared.NextDouble()));
        return Task.Delay(asked is { } least && least > shortened ? least : shortened, cancellationToken);
    }

    private static string Cause(Exception exception) => (exception.InnerException ?? exception).Message.TrimEnd('.');

    private async Task<StableVideoException> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        ProblemAnswer? problem = null;
        try
        {
            if (answer.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
                problem = await answer.Content.ReadFromJsonAsync(WireJson.Default.ProblemAnswer, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            // The status says enough.
        }

        var retry = answer.Headers.RetryAfter;
        return new StableVideoException(problem?.Detail ?? problem?.Title ?? $"{server} answers {(int)answer.StatusCode} {answer.ReasonPhrase}.")
        {
            Status = (int)answer.StatusCode,
            Type = problem?.Type?.StartsWith(TypePrefix, StringComparison.Ordinal) == true ? problem.Type[TypePrefix.Length..] : problem?.Type,
            Title = problem?.Title,
            Errors = problem?.Errors ?? [],
            RetryAfter = retry?.Delta ?? (retry?.Date is { } date && date > DateTimeOffset.UtcNow ? date - DateTimeOffset.UtcNow : null),
        };
    }
}
