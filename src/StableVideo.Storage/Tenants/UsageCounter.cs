using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace StableVideo.Storage;

/// <summary>
/// The document that says how many bytes the artifacts of a store take. Writers add before they store; the count is therefore too high rather than too
/// low, where one is killed in between, until a collection corrects it.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to be disposed.")]
internal sealed class UsageCounter(IArtifactStore store)
{
    /// <summary>Name of the document.</summary>
    public const string Document = "usage/artifacts";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // Writers of this process take turns: only those of other processes can come between reading and writing.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What was counted.</summary>
    /// <param name="Bytes">Bytes of all artifacts.</param>
    /// <param name="Corrections">How often a collection corrected the count.</param>
    public sealed record Usage(long Bytes, int Corrections);

    /// <summary>Counts by listing.</summary>
    public static async Task<long> CountAsync(IArtifactStore store, CancellationToken cancellationToken) =>
        await store.ListArtifactsAsync(cancellationToken).Select(artifact => artifact.Bytes).SumAsync(cancellationToken);

    /// <summary>The present count, or <see langword="null"/> when none is kept.</summary>
    public async Task<Usage?> FindAsync(CancellationToken cancellationToken) =>
        await store.ReadDocumentAsync(Document, cancellationToken) is { } document ? Read(document) : null;

    /// <summary>Changes the count, which is begun by listing the store; <paramref name="change"/> may be asked several times.</summary>
    public async Task ChangeAsync(Func<Usage, Usage> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (!await TryChangeAsync(change, cancellationToken))
                await Task.Delay(Random.Shared.Next(1, 30), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> TryChangeAsync(Func<Usage, Usage> change, CancellationToken cancellationToken)
    {
        var document = await store.ReadDocumentAsync(Document, cancellationToken);
        var present = document is null ? new Usage(await CountAsync(store, cancellationToken), 0) : Read(document);
        var next = change(present);
        if (document is not null && next == present)
            return true;
        try
        {
            var condition = document is null ? WriteCondition.MustNotExist : WriteCondition.Matches(document.ETag);
            await store.WriteDocumentAsync(Document, JsonSerializer.SerializeToUtf8Bytes(next, Json), condition, cancellationToken);
            return true;
        }
        catch (PreconditionFailedException)
        {
            return false;
        }
    }

    private static Usage Read(NamedDocument document) => JsonSerializer.Deserialize<Usage>(document.Content.Span, Json)
        ?? throw new InvalidDataException($"Document '{document.Name}' holds no count. Delete it: it is counted anew.");
}
