using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace StableVideo.Storage;

/// <summary>Stands before the retries and turns what they could not overcome into <see cref="StoreUnavailableException"/>.</summary>
internal sealed class AvailabilityPolicy : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            ProcessNext(message, pipeline);
        }
        catch (Exception exception) when (IsSilence(message, exception))
        {
            throw Silent(message, exception);
        }

        CheckAnswer(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception exception) when (IsSilence(message, exception))
        {
            throw Silent(message, exception);
        }

        CheckAnswer(message);
    }

    /// <summary>The transport failed (once, or each of several times), or the patience for an answer ran out; but not the caller's own.</summary>
    private static bool IsSilence(HttpMessage message, Exception exception) =>
        exception is RequestFailedException { Status: 0 } or AggregateException or IOException
        || (exception is OperationCanceledException && !message.CancellationToken.IsCancellationRequested);

    private static StoreUnavailableException Silent(HttpMessage message, Exception exception)
    {
        var cause = exception is AggregateException { InnerExceptions: [.., var last] } ? last : exception;
        return new StoreUnavailableException(Name(message), $"does not answer: {cause.Message.Split('\n')[0]}", exception);
    }

    private static void CheckAnswer(HttpMessage message)
    {
        var answer = message.Response;
        if (answer.Status is not (408 or 429 or >= 500))
            return;
        var complaint = answer.Status switch
        {
            429 or 503 => "is busy",
            507 => "is full",
            _ => "does not work",
        };
        throw new StoreUnavailableException(Name(message), $"{complaint}: it answers {answer.Status} {answer.ReasonPhrase}");
    }

    private static string Name(HttpMessage message) => $"Blob storage at {message.Request.Uri.Host}:{message.Request.Uri.ToUri().Port}";
}
