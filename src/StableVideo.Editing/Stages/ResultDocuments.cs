using System.Text.Json;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Results of stages and of keyframes in the store, where each is the better kept the more recently it was found.</summary>
internal sealed class ResultDocuments(IArtifactStore store, TimeProvider clock)
{
    /// <summary>
    /// A result of which nothing is missing, or <see langword="null"/>. The document is renewed and its artifacts are touched: whoever finds a result may
    /// name its artifacts elsewhere during the next hour, whatever is being collected meanwhile.
    /// </summary>
    public async Task<T?> FindAsync<T>(string name, Func<T, IEnumerable<ArtifactId>> artifactsOf, CancellationToken cancellationToken)
        where T : class
    {
        if (await store.ReadAndRenewDocumentAsync(name, clock, cancellationToken) is not { } document)
            return null;
        var result = JsonSerializer.Deserialize<T>(document.Content.Span, EditJson.Options)!;
        return (await store.TouchAllAsync(artifactsOf(result), cancellationToken)).Count == 0 ? result : null;
    }

    public Task WriteAsync<T>(string name, T result, CancellationToken cancellationToken) =>
        store.WriteDocumentAsync(name, JsonSerializer.SerializeToUtf8Bytes(result, EditJson.Options), WriteCondition.Any, cancellationToken);
}
