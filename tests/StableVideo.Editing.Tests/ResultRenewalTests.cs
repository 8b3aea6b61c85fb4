using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using StableVideo.Diffusion;
using StableVideo.Storage;

namespace StableVideo.Editing.Tests;

/// <summary>A result that is found is kept from collection; one that was collected in part is none.</summary>
public class ResultRenewalTests(EditFixture fixture)
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finding_an_old_result_renews_it_and_its_artifacts()
    {
        var (store, found) = await FindAfterAsync(TimeSpan.FromDays(40));

        Assert.NotNull(found);
        var document = await store.ReadDocumentAsync($"stages/{found.Key}", Cancel);
        Assert.Equal(_clock.GetUtcNow(), document!.WrittenAt, TimeSpan.FromSeconds(1));
        var listed = await store.ListArtifactsAsync(Cancel).ToDictionaryAsync(artifact => artifact.Id, cancellationToken: Cancel);
        Assert.NotEmpty(found.Artifacts);
        Assert.All(found.Artifacts.Values, id => Assert.Equal(_clock.GetUtcNow(), listed[id].LastUse, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_young_result_is_not_written_again()
    {
        var (store, found) = await FindAfterAsync(TimeSpan.FromMinutes(2));

        var document = await store.ReadDocumentAsync($"stages/{found!.Key}", Cancel);
        Assert.True(document!.WrittenAt < _clock.GetUtcNow().AddMinutes(-1));
    }

    [Fact]
    public async Task A_result_that_misses_an_artifact_is_absent()
    {
        var (_, found) = await FindAfterAsync(
            TimeSpan.FromDays(40), async store => await store.DeleteArtifactAsync(await DecompositionInAsync(store), _clock.GetUtcNow().AddDays(-1), Cancel));

        Assert.Null(found);
    }

    private static async Task<ArtifactId> DecompositionInAsync(FolderArtifactStore store)
    {
        await foreach (var name in store.ListDocumentsAsync("stages/", Cancel))
        {
            var result = JsonSerializer.Deserialize<StageResult>((await store.ReadDocumentAsync(name, Cancel))!.Content.Span, EditJson.Options)!;
            if (result.Artifacts.TryGetValue(ArtifactNames.Decomposition, out var id))
                return id;
        }

        throw new InvalidOperationException("The store holds no decomposition.");
    }

    private async Task<(FolderArtifactStore Store, StageResult? Found)> FindAfterAsync(TimeSpan time, Func<FolderArtifactStore, Task<bool>>? meanwhile = null)
    {
        var root = fixture.NewStore().Root;
        _clock.Advance(time);
        var store = new FolderArtifactStore(root, new ArtifactStoreOptions { Clock = _clock });
        var inputs = await VideoImport.ImportAsync(fixture.Clip, fixture.Mask, new EditSettings { ForegroundPrompt = "a red car" }, store, Cancel);
        using var runner = new StageRunner(store, new ModelCatalogue(), clock: _clock);
        var none = new Dictionary<StageKind, StageResult>();
        var upstream = new Dictionary<StageKind, StageResult> { [StageKind.Probe] = await runner.RunAsync(StageKind.Probe, inputs, none, cancellationToken: Cancel) };
        if (meanwhile is not null)
            Assert.True(await meanwhile(store));
        return (store, await runner.FindAsync(StageKind.Decompose, inputs, upstream, Cancel));
    }
}
