using System.Text.Json;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Keeps what a scheduler has learned about the duration of stages, in <c>schedulers/{pool}</c>. The last writer wins: these are statistics.</summary>
internal sealed class StageTimesDocument(IArtifactStore store)
{
    /// <summary>What was learned, or <see langword="null"/> when nothing was or it can not be read.</summary>
    public async Task<StageTimesState?> ReadAsync(string pool, CancellationToken cancellationToken)
    {
        try
        {
            var document = await store.ReadDocumentAsync(NameOf(pool), cancellationToken);
            return document is null ? null : JsonSerializer.Deserialize<StageTimesState>(document.Content.Span, JsonSerializerOptions.Web);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return null;
        }
    }

    public Task WriteAsync(string pool, StageTimesState state) =>
        store.WriteDocumentAsync(NameOf(pool), JsonSerializer.SerializeToUtf8Bytes(state, JsonSerializerOptions.Web), WriteCondition.Any);

    private static string NameOf(string pool) => $"schedulers/{DocumentName.Escape(pool)}";
}
