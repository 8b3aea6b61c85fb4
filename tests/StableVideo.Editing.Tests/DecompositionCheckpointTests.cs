using Microsoft.Extensions.Time.Testing;
using StableVideo.Diffusion;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing.Tests;

/// <summary>A decomposition that lost its machine goes on behind its last finished step, anywhere, and ends in the same bytes.</summary>
public class DecompositionCheckpointTests(EditFixture fixture)
{
    private static readonly SampleClipOptions Clip = new() { Width = 128, Height = 72, FrameCount = 8 };

    private const string BuildsAtlases = "building the atlases";

    private static readonly string[] Steps =
    [
        "finding the object",
        "following points from frame to frame",
        "following points over 3 frames",
        "following points over 6 frames",
        "following points over 12 frames",
        "solving for the mappings",
        "refining the mappings, round 1 of 2",
        "refining the mappings, round 2 of 2",
        BuildsAtlases,
        "refining edges and light",
        "comparing with the clip",
    ];

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly string _clip = fixture.NewFolder() + ".mp4";
    private readonly string _masks = fixture.NewFolder() + ".mp4";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MaskKind.EveryFrame)]
    [InlineData(MaskKind.FirstFrame)]
    public async Task Attempts_lost_behind_every_step_do_each_step_once_and_end_in_the_bytes_of_one_that_was_left_alone(MaskKind masks)
    {
        var expected = (await RunAsync(NewStore(), masks)).Result!;
        var store = NewStore();
        // Given masks need no keeping: the first attempt to leave something is the one that follows points.
        var steps = masks == MaskKind.EveryFrame ? Steps[1..] : Steps;
        var fraction = 0.0;
        for (var attempt = 0; attempt < steps.Length; attempt++)
        {
            var (told, result) = await RunAsync(store, masks, stopBefore: attempt + 1 < steps.Length ? steps[attempt + 1] : null);
            Assert.Equal([steps[attempt]], told.Select(t => t.Message).Where(m => Steps.Contains(m) && m != steps.ElementAtOrDefault(attempt + 1)).Distinct());
            Assert.Equal(told.Select(t => t.Fraction).Order(), told.Select(t => t.Fraction));
            Assert.Equal(fraction, told[0].Fraction, 1e-9);
            fraction = told[^1].Fraction;
            Assert.Equal(attempt + 1 == steps.Length, result is not null);
            if (result is not null)
                AssertSame(expected, result);
        }

        Assert.Empty(await CheckpointsAsync(store));
    }

    [Fact]
    public async Task A_checkpoint_that_is_damaged_or_of_another_version_is_ignored()
    {
        var stopped = NewStore();
        await RunAsync(stopped, stopBefore: BuildsAtlases);
        var expected = (await RunAsync(NewStore())).Result!;
        var name = Assert.Single(await CheckpointsAsync(stopped));
        var content = System.Text.Encoding.UTF8.GetString((await stopped.ReadDocumentAsync(name, Cancel))!.Content.Span);
        string[] documents =
        [
            "{",
            "null",
            """{"step": "atlases", "done": 3}""",
            content.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal),
            content.Replace("\"next\": \"atlases\"", "\"next\": \"pictures\"", StringComparison.Ordinal),
            content.Replace("\"next\": \"atlases\"", "\"next\": \"solution-0\"", StringComparison.Ordinal),
        ];
        foreach (var document in documents)
        {
            Assert.NotEqual(content, document);
            var store = CopyOf(stopped);
            await store.WriteDocumentAsync(name, System.Text.Encoding.UTF8.GetBytes(document), WriteCondition.Any, Cancel);
            await AssertStartsAgainAsync(store, expected, document);
        }
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("cut")]
    [InlineData("flipped")]
    public async Task A_checkpoint_whose_part_is_damaged_is_ignored(string damage)
    {
        var store = NewStore();
        await RunAsync(store, stopBefore: BuildsAtlases);
        var expected = (await RunAsync(NewStore())).Result!;
        var name = Assert.Single(await CheckpointsAsync(store));
        using var json = System.Text.Json.JsonDocument.Parse((await store.ReadDocumentAsync(name, Cancel))!.Content);
        var part = ArtifactId.Parse(json.RootElement.GetProperty("parts").GetProperty("solution-2").GetString());
        var file = Assert.Single(Directory.EnumerateFiles(store.Root, "*", SearchOption.AllDirectories), path => path.Contains(part.Value[ArtifactId.Prefix.Length..][4..], StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(file, Cancel);
        File.SetAttributes(file, FileAttributes.Normal);
        File.Delete(file);
        // One bit of a number: of the right shape, and wrong.
        bytes[bytes.Length / 2] ^= 1;
        if (damage != "gone")
            await File.WriteAllBytesAsync(file, damage == "cut" ? bytes[..100] : bytes, Cancel);

        await AssertStartsAgainAsync(store, expected, damage);
    }

    [Fact]
    public async Task A_collection_keeps_what_a_checkpoint_names_and_frees_it_when_the_stage_is_done()
    {
        var root = fixture.NewFolder();
        var stores = TenantStores.InFolder(root, new ArtifactStoreOptions { Clock = _clock });
        await RunAsync(stores.System, stopBefore: BuildsAtlases);
        _clock.Advance(TimeSpan.FromDays(5));
        // What only finished steps read: matches, three times hops, and two solutions. Then clip and mask, which no job names here.
        Assert.Equal(8, (await CollectAsync(stores)).Total.ArtifactsDeleted);
        var (told, result) = await RunAsync(stores.System);
        Assert.DoesNotContain(told, t => Steps.TakeWhile(s => s != BuildsAtlases).Contains(t.Message));

        Assert.Empty(await CheckpointsAsync(stores.System));
        _clock.Advance(TimeSpan.FromDays(2));
        await CollectAsync(stores);
        var kept = await stores.System.ListArtifactsAsync(Cancel).Select(a => a.Id).ToListAsync(Cancel);
        Assert.Equal(result!.Artifacts.Values.Select(id => id.Value).Order(), kept.Select(id => id.Value).Order());
    }

    [Fact]
    public async Task A_tenant_with_little_room_keeps_it_for_results()
    {
        var store = NewStore();
        var expected = (await RunAsync(store)).Result!;
        var sizes = await store.ListArtifactsAsync(Cancel).ToDictionaryAsync(a => a.Id, a => a.Bytes, cancellationToken: Cancel);
        var needed = expected.Artifacts.Values.Distinct().Sum(id => sizes[id]) + new[] { _clip, _masks }.Sum(file => new FileInfo(file).Length);
        var stores = TenantStores.InFolder(fixture.NewFolder(), quotas: new TenantQuotas { Bytes = needed + 1000 });

        var (_, result) = await RunAsync(stores.For("acme"), room: cancellation => stores.RoomAsync("acme", cancellation));

        AssertSame(expected, result!);
        Assert.InRange((await stores.UsageAsync("acme", Cancel)).UsedBytes, needed, needed + 1000);
    }

    [Fact]
    public async Task A_store_that_is_away_while_steps_are_kept_costs_nothing_else()
    {
        var expected = (await RunAsync(NewStore())).Result!;
        var store = new StoreWithoutCheckpoints(NewStore());

        AssertSame(expected, (await RunAsync(store)).Result!);
        // The first checkpoint and letting go of it at least; between them the store is left alone for a while.
        Assert.True(store.Refusals >= 2, $"{store.Refusals} refusals");
    }

    private static void AssertSame(StageResult expected, StageResult result)
    {
        Assert.Equal(expected.Key, result.Key);
        Assert.Equal(expected.Artifacts.OrderBy(a => a.Key), result.Artifacts.OrderBy(a => a.Key));
        Assert.Equal(expected.Metrics.OrderBy(m => m.Key), result.Metrics.OrderBy(m => m.Key));
    }

    private async Task AssertStartsAgainAsync(FolderArtifactStore store, StageResult expected, string what)
    {
        var (told, result) = await RunAsync(store);
        Assert.True(told.Any(t => t.Message == Steps[1]), what);
        AssertSame(expected, result!);
    }

    private async Task<CollectionReport> CollectAsync(TenantStores stores) =>
        await new ArtifactCollector(stores, [], new RetentionPolicy(), _clock).CollectAsync(cancellationToken: Cancel);

    private static ValueTask<List<string>> CheckpointsAsync(IArtifactStore store) => store.ListDocumentsAsync("checkpoints/", Cancel).ToListAsync(Cancel);

    private FolderArtifactStore NewStore() => new(fixture.NewFolder());

    private FolderArtifactStore CopyOf(FolderArtifactStore store)
    {
        var folder = fixture.NewFolder();
        foreach (var file in Directory.EnumerateFiles(store.Root, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(store.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return new FolderArtifactStore(folder);
    }

    /// <summary>Probes and decomposes the clip with a runner of its own, as another silo would.</summary>
    private async Task<(List<StageProgress> Told, StageResult? Result)> RunAsync(IArtifactStore store, MaskKind masks = MaskKind.EveryFrame, string? stopBefore = null, Func<CancellationToken, Task<long?>>? room = null)
    {
        if (!File.Exists(_clip))
            await SampleClip.WriteAsync(_clip, _masks, Clip, cancellationToken: Cancel);
        using var first = new StageRunner(store, new ModelCatalogue(), clock: _clock);
        using var runner = first.On(store, room);
        var mask = _masks;
        if (masks == MaskKind.FirstFrame)
        {
            mask = fixture.NewFolder() + ".png";
            ImageFile.WritePng(mask, SampleClip.Render(0, Clip).Mask);
        }

        var inputs = await VideoImport.ImportAsync(_clip, mask, new EditSettings { ReconstructionOnly = true }, store, Cancel);
        var results = new Dictionary<StageKind, StageResult>();
        results[StageKind.Probe] = await runner.RunAsync(StageKind.Probe, inputs, results, cancellationToken: Cancel);
        var told = new List<StageProgress>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var progress = new Told(p =>
        {
            lock (told)
                told.Add(p);
            if (p.Message == stopBefore)
                stop.Cancel();
        });
        if (stopBefore is null)
            return (told, await runner.RunAsync(StageKind.Decompose, inputs, results, progress, stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync(StageKind.Decompose, inputs, results, progress, stop.Token));
        return (told, null);
    }
}
