using System.Text.Json;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Results of stages, of keyframes and of steps in the store, where each is the better kept the more recently it was found.</summary>
internal sealed class ResultDocuments(IArtifactStore store, TimeProvider clock)
{
    /// <summary>A document that another version wrote is none, rather than a result with holes.</summary>
    private static readonly JsonSerializerOptions Complete = new(EditJson.Options) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    /// <summary>
    /// A result of which nothing is missing, or <see langword="null"/>; one that can not be read is none. The document is renewed and its artifacts are touched: whoever finds a result may
    /// name its artifacts elsewhere during the next hour, whatever is being collected meanwhile.
    /// </summary>
    public async Task<T?> FindAsync<T>(string name, Func<T, IEnumerable<ArtifactId>> artifactsOf, CancellationToken cancellationToken)
        where T : class
    {
        if (await store.ReadAndRenewDocumentAsync(name, clock, cancellationToken) is not { } document)
            return null;
        var result = Read<T>(document);
        return result is not null && (await store.TouchAllAsync(artifactsOf(result), cancellationToken)).Count == 0 ? result : null;
    }

    public Task WriteAsync<T>(string name, T result, CancellationToken cancellationToken) =>
        store.WriteDocumentAsync(name, JsonSerializer.SerializeToUtf8Bytes(result, EditJson.Options), WriteCondition.Any, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => store.DeleteDocumentAsync(name, WriteCondition.Any, cancellationToken);

    private static T? Read<T>(NamedDocument document)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(document.Content.Span, Complete);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
