using System.Runtime.CompilerServices;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>One of several programs that run at once. It stops before every call of a store until the director lets it go on, or kills it.</summary>
internal sealed class Actor
{
    private TaskCompletionSource<bool>? _turn;
    private TaskCompletionSource _stopped = NewStopped();

    private Actor(string name) => (Name, Play) = (name, Task.CompletedTask);

    public string Name { get; }

    public Task Play { get; private set; }

    public bool IsWaiting => _turn is not null;

    /// <summary>Name of the method that is called next.</summary>
    public string NextCall { get; private set; } = "";

    public bool IsAboutToDelete => IsWaiting && NextCall.StartsWith("Delete", StringComparison.Ordinal);

    public static Actor Start(string name, Func<Actor, Task> play)
    {
        var actor = new Actor(name);
        actor.Play = actor.RunAsync(play);
        return actor;
    }

    /// <summary>Lets the actor make its next call, and waits until it stops again or ends.</summary>
    public async Task GoOnAsync(bool kill = false)
    {
        var turn = _turn!;
        (_turn, _stopped) = (null, NewStopped());
        turn.SetResult(kill);
        await Task.WhenAny(_stopped.Task, Play);
    }

    public async Task TakeTurnAsync(string call)
    {
        NextCall = call;
        var turn = _turn = new TaskCompletionSource<bool>();
        _stopped.TrySetResult();
        if (await turn.Task)
            throw new KilledException();
    }

    private async Task RunAsync(Func<Actor, Task> play)
    {
        try
        {
            await TakeTurnAsync("");
            await play(this);
        }
        catch (KilledException)
        {
        }
    }

    private static TaskCompletionSource NewStopped() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class KilledException : Exception;
}

/// <summary>A store as one actor sees it: every call waits for the actor's turn.</summary>
internal sealed class SteppedStore(IArtifactStore store, Actor actor) : IArtifactStore
{
    public Task<ArtifactId> PutAsync(Stream content, CancellationToken cancellationToken = default) => TurnAsync(() => store.PutAsync(content, cancellationToken));

    public Task<ArtifactId> PutBytesAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        TurnAsync(() => store.PutBytesAsync(content, cancellationToken));

    public Task<bool> ExistsAsync(ArtifactId id, CancellationToken cancellationToken = default) => TurnAsync(() => store.ExistsAsync(id, cancellationToken));

    public Task<bool> TouchAsync(ArtifactId id, CancellationToken cancellationToken = default) => TurnAsync(() => store.TouchAsync(id, cancellationToken));

    public Task<bool> DeleteArtifactAsync(ArtifactId id, DateTimeOffset unusedSince, CancellationToken cancellationToken = default) =>
        TurnAsync(() => store.DeleteArtifactAsync(id, unusedSince, cancellationToken));

    public Task<Stream> OpenReadAsync(ArtifactId id, CancellationToken cancellationToken = default) => TurnAsync(() => store.OpenReadAsync(id, cancellationToken));

    public Task<LocalFile> MaterializeAsync(ArtifactId id, string extension, CancellationToken cancellationToken = default) =>
        TurnAsync(() => store.MaterializeAsync(id, extension, cancellationToken));

    public Task<NamedDocument?> ReadDocumentAsync(string name, CancellationToken cancellationToken = default) =>
        TurnAsync(() => store.ReadDocumentAsync(name, cancellationToken));

    public Task<ETag> WriteDocumentAsync(string name, ReadOnlyMemory<byte> content, WriteCondition condition, CancellationToken cancellationToken = default) =>
        TurnAsync(() => store.WriteDocumentAsync(name, content, condition, cancellationToken));

    public Task<bool> DeleteDocumentAsync(string name, WriteCondition condition, CancellationToken cancellationToken = default) =>
        TurnAsync(() => store.DeleteDocumentAsync(name, condition, cancellationToken));

    public IAsyncEnumerable<StoredArtifact> ListArtifactsAsync(CancellationToken cancellationToken = default) =>
        TurnsAsync(store.ListArtifactsAsync(cancellationToken), cancellationToken);

    public IAsyncEnumerable<string> ListDocumentsAsync(string prefix, CancellationToken cancellationToken = default) =>
        TurnsAsync(store.ListDocumentsAsync(prefix, cancellationToken), cancellationToken);

    private async Task<T> TurnAsync<T>(Func<Task<T>> call, [CallerMemberName] string name = "")
    {
        await actor.TakeTurnAsync(name);
        return await call();
    }

    private async IAsyncEnumerable<T> TurnsAsync<T>(IAsyncEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await actor.TakeTurnAsync("List");
        await foreach (var item in items.WithCancellation(cancellationToken))
        {
            yield return item;
            await actor.TakeTurnAsync("List");
        }
    }
}

/// <summary>Stores of some tenants, made by a function.</summary>
internal sealed class SomeStores(IReadOnlyDictionary<string, IArtifactStore> stores) : ITenantStores
{
    public IArtifactStore System => stores[TenantName.Default];

    public IArtifactStore For(string tenant) => stores[tenant];

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken = default) => stores.Keys.ToAsyncEnumerable();

    public Task<TenantUsage> UsageAsync(string tenant, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<long?> RoomAsync(string tenant, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public SomeStores SeenBy(Actor actor) => new(stores.ToDictionary(pair => pair.Key, IArtifactStore (pair) => new SteppedStore(pair.Value, actor)));
}
