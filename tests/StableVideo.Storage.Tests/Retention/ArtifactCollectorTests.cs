using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

public sealed class ArtifactCollectorTests : IDisposable
{
    private static readonly RetentionPolicy Policy = new()
    {
        Inputs = TimeSpan.FromDays(3),
        Intermediates = TimeSpan.FromDays(2),
        Results = TimeSpan.FromDays(3),
        JobRecords = TimeSpan.FromDays(5),
        Unclaimed = TimeSpan.FromHours(12),
    };

    private readonly string _root = Path.Combine(Path.GetTempPath(), "stablevideo-collect-" + Guid.NewGuid().ToString("n"));
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly TenantStores _stores;

    public ArtifactCollectorTests() =>
        _stores = TenantStores.InFolder(_root, new ArtifactStoreOptions { Clock = _clock }, new TenantQuotas { Tenants = { ["acme"] = 10_000 } });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Each_kind_goes_when_its_time_is_over()
    {
        var acme = _stores.For("acme");
        var (clip, kept, upload) = (await PutAsync(acme, 100), await PutAsync(acme, 200), await PutAsync(acme, 50));
        await acme.WriteDocumentAsync("stages/k", JsonSerializer.SerializeToUtf8Bytes(new { artifacts = new { decomposition = kept } }), WriteCondition.Any, Cancel);
        await WriteJobAsync("done", new PlayedRecord(_clock.GetUtcNow(), clip, [[kept]]));
        await acme.WriteDocumentAsync("notes/mine", "x"u8.ToArray(), WriteCondition.Any, Cancel);

        Assert.Equal(0, (await CollectAfterAsync(TimeSpan.FromHours(11))).Total.BytesFreed);
        Assert.Equal((50, 1), Freed(await CollectAfterAsync(TimeSpan.FromHours(2)), RetentionKind.Unclaimed));
        var third = await CollectAfterAsync(TimeSpan.FromHours(36));
        Assert.Equal((200, 1), Freed(third, RetentionKind.Intermediate));
        Assert.Equal((1, 1, 100), (third.Kinds[RetentionKind.Intermediate].DocumentsDeleted, third.Kinds[RetentionKind.JobRecord].DocumentsKept, third.Total.BytesKept));
        Assert.Equal((100, 1), Freed(await CollectAfterAsync(TimeSpan.FromHours(24)), RetentionKind.Input));
        Assert.NotNull(await _stores.System.ReadDocumentAsync("jobs/done", Cancel));
        Assert.Equal(1, (await CollectAfterAsync(TimeSpan.FromHours(48))).Kinds[RetentionKind.JobRecord].DocumentsDeleted);

        Assert.Equal(["notes/mine", "usage/artifacts"], await acme.ListDocumentsAsync("", Cancel).ToListAsync(Cancel));
        Assert.Empty(await acme.ListArtifactsAsync(Cancel).ToListAsync(Cancel));
        Assert.False(await acme.ExistsAsync(upload, Cancel));
    }

    [Fact]
    public async Task What_a_live_job_names_stays_however_old_it_is()
    {
        var (clip, made) = (await PutAsync(_stores.System, 100), await PutAsync(_stores.System, 200));
        await WriteJobAsync("waiting", new PlayedRecord(null, clip, [[made]]));

        var report = await CollectAfterAsync(TimeSpan.FromDays(1000));

        Assert.Equal((0, 300), (report.Total.BytesFreed, report.Total.BytesKept));
        Assert.True(await _stores.System.ExistsAsync(clip, Cancel) && await _stores.System.ExistsAsync(made, Cancel));
    }

    [Fact]
    public async Task A_job_of_one_tenant_does_not_keep_what_another_has()
    {
        var content = RandomNumberGenerator.GetBytes(100);
        var id = await _stores.System.PutBytesAsync(content, Cancel);
        await WriteJobAsync("waiting", new PlayedRecord(null, id, []));
        var alone = await PutAsync(_stores.For("acme"), 70);

        await CollectAfterAsync(TimeSpan.FromDays(1));

        Assert.True(await _stores.System.ExistsAsync(id, Cancel));
        Assert.False(await _stores.For("acme").ExistsAsync(alone, Cancel));
    }

    [Fact]
    public async Task A_use_that_was_not_recorded_because_the_last_one_was_young_counts_for_an_hour_all_the_same()
    {
        var id = await PutAsync(_stores.System, 100);
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(await _stores.System.TouchAsync(id, Cancel));
        _clock.Advance(TimeSpan.FromMinutes(60));

        await new ArtifactCollector(_stores, [], RetentionPolicy.OlderThan(TimeSpan.Zero), _clock).CollectAsync(cancellationToken: Cancel);

        Assert.True(await _stores.System.ExistsAsync(id, Cancel));
    }

    [Fact]
    public async Task A_job_taken_up_while_its_record_is_about_to_go_keeps_it_and_all_it_names()
    {
        var (clip, made) = (await PutAsync(_stores.System, 100), await PutAsync(_stores.System, 200));
        await WriteJobAsync("ended", new PlayedRecord(_clock.GetUtcNow(), clip, [[made]]));
        _clock.Advance(TimeSpan.FromDays(6));

        await CollectAroundAsync(1, () => WriteJobAsync("ended", new PlayedRecord(null, clip, [[made]])));

        Assert.NotNull(await _stores.System.ReadDocumentAsync("jobs/ended", Cancel));
        Assert.True(await _stores.System.ExistsAsync(clip, Cancel) && await _stores.System.ExistsAsync(made, Cancel));
    }

    [Fact]
    public async Task A_result_found_while_it_is_about_to_go_stays()
    {
        var made = await PutAsync(_stores.System, 200);
        await _stores.System.WriteDocumentAsync("stages/k", JsonSerializer.SerializeToUtf8Bytes(new[] { made }), WriteCondition.Any, Cancel);
        _clock.Advance(TimeSpan.FromDays(6));

        await CollectAroundAsync(1, () => _stores.System.ReadAndRenewDocumentAsync("stages/k", _clock, Cancel));

        Assert.NotNull(await _stores.System.ReadDocumentAsync("stages/k", Cancel));
        Assert.True(await _stores.System.ExistsAsync(made, Cancel));
    }

    [Fact]
    public async Task An_artifact_used_while_it_is_about_to_go_stays()
    {
        var id = await PutAsync(_stores.System, 200);
        _clock.Advance(TimeSpan.FromDays(6));

        await CollectAroundAsync(1, () => _stores.System.TouchAsync(id, Cancel));

        Assert.True(await _stores.System.ExistsAsync(id, Cancel));
    }

    [Fact]
    public async Task A_collection_killed_between_a_document_and_its_artifacts_is_made_up_for_by_the_next()
    {
        var made = await PutAsync(_stores.System, 200);
        await _stores.System.WriteDocumentAsync("stages/k", JsonSerializer.SerializeToUtf8Bytes(new[] { made }), WriteCondition.Any, Cancel);
        _clock.Advance(TimeSpan.FromDays(6));

        await CollectAroundAsync(2, () => Task.CompletedTask, kill: true);
        Assert.Null(await _stores.System.ReadDocumentAsync("stages/k", Cancel));
        Assert.True(await _stores.System.ExistsAsync(made, Cancel));
        await CollectAfterAsync(TimeSpan.Zero);

        Assert.False(await _stores.System.ExistsAsync(made, Cancel));
    }

    [Theory]
    [InlineData("stages/k")]
    [InlineData("keyframes/k")]
    [InlineData("checkpoints/k")]
    public async Task What_is_kept_so_that_it_need_not_be_computed_again_stays_as_long_as_its_document(string document)
    {
        var made = await PutAsync(_stores.System, 200);
        await _stores.System.WriteDocumentAsync(document, JsonSerializer.SerializeToUtf8Bytes(new { parts = new { made } }), WriteCondition.Any, Cancel);
        await CollectAfterAsync(TimeSpan.FromDays(1));
        Assert.True(await _stores.System.ExistsAsync(made, Cancel));

        await _stores.System.DeleteDocumentAsync(document, WriteCondition.Any, Cancel);
        await CollectAfterAsync(TimeSpan.FromDays(1));
        Assert.False(await _stores.System.ExistsAsync(made, Cancel));
    }

    [Fact]
    public async Task A_dry_run_tells_the_same_and_deletes_nothing()
    {
        var acme = _stores.For("acme");
        var (clip, made) = (await PutAsync(acme, 100), await PutAsync(acme, 200));
        await WriteJobAsync("done", new PlayedRecord(_clock.GetUtcNow(), clip, [[made]]));
        await acme.WriteDocumentAsync("keyframes/k", JsonSerializer.SerializeToUtf8Bytes(new { after = made }), WriteCondition.Any, Cancel);
        _clock.Advance(TimeSpan.FromDays(6));

        var dry = await Collector().CollectAsync(dryRun: true, Cancel);
        Assert.True(await acme.ExistsAsync(clip, Cancel) && await acme.ExistsAsync(made, Cancel));
        Assert.NotNull(await acme.ReadDocumentAsync("keyframes/k", Cancel));
        var real = await Collector().CollectAsync(cancellationToken: Cancel);

        Assert.Equal((2, 2, 300), (dry.Total.DocumentsDeleted, dry.Total.ArtifactsDeleted, dry.Total.BytesFreed));
        Assert.Equal(dry.Kinds, real.Kinds);
        Assert.Empty(await acme.ListArtifactsAsync(Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_record_that_can_not_be_read_stops_the_collection_before_anything_is_deleted()
    {
        var id = await PutAsync(_stores.System, 100);
        await _stores.System.WriteDocumentAsync("jobs/damaged", "{"u8.ToArray(), WriteCondition.Any, Cancel);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => CollectAfterAsync(TimeSpan.FromDays(100)));

        Assert.Contains("'jobs/damaged'", failure.Message, StringComparison.Ordinal);
        Assert.True(await _stores.System.ExistsAsync(id, Cancel));
    }

    [Fact]
    public async Task A_collection_makes_room_in_a_quota_and_corrects_a_wrong_count()
    {
        var acme = _stores.For("acme");
        var (kept, _) = (await PutAsync(acme, 4000), await PutAsync(acme, 6000));
        await Assert.ThrowsAsync<QuotaExceededException>(() => PutAsync(acme, 6000));
        await WriteJobAsync("waiting", new PlayedRecord(null, kept, []));

        await CollectAfterAsync(TimeSpan.FromDays(1));
        Assert.Equal(4000, (await _stores.UsageAsync("acme", Cancel)).UsedBytes);

        // As after a writer that was killed between counting and storing.
        await new StoreQuota("acme", 10_000, acme).ChargeAsync(5999, Cancel);
        await Assert.ThrowsAsync<QuotaExceededException>(() => PutAsync(acme, 2));
        await CollectAfterAsync(TimeSpan.FromDays(1));
        Assert.Equal(4000, (await _stores.UsageAsync("acme", Cancel)).UsedBytes);
        await PutAsync(acme, 6000);
    }

    [Fact]
    public void A_policy_that_could_delete_what_is_in_use_is_refused_with_all_reasons()
    {
        var errors = new RetentionPolicy { Unclaimed = TimeSpan.FromMinutes(90), Intermediates = TimeSpan.Zero, Results = TimeSpan.FromDays(100), Inputs = TimeSpan.FromDays(-1) }.Validate();

        Assert.Equal(4, errors.Count);
        Assert.Empty(new RetentionPolicy().Validate());
        Assert.Empty(RetentionPolicy.OlderThan(TimeSpan.Zero).Validate());
        Assert.Empty(RetentionPolicy.OlderThan(TimeSpan.FromDays(3)).Validate());
    }

    private ArtifactCollector Collector() => new(_stores, [new PlayedClaims(Policy)], Policy, _clock);

    private Task<CollectionReport> CollectAfterAsync(TimeSpan time)
    {
        _clock.Advance(time);
        return Collector().CollectAsync(cancellationToken: Cancel);
    }

    /// <summary>Does something, or kills the collector, at the moment before its deletion number <paramref name="deletion"/>.</summary>
    private async Task CollectAroundAsync(int deletion, Func<Task> act, bool kill = false)
    {
        var stores = new SomeStores(new Dictionary<string, IArtifactStore> { [TenantName.Default] = _stores.System });
        var collector = Actor.Start(
            "collector", actor => new ArtifactCollector(stores.SeenBy(actor), [new PlayedClaims(Policy)], Policy, _clock).CollectAsync(cancellationToken: Cancel));
        for (var deletions = 0; collector.IsWaiting;)
        {
            var isTheOne = collector.IsAboutToDelete && ++deletions == deletion;
            if (isTheOne)
                await act();
            await collector.GoOnAsync(kill && isTheOne);
        }

        await collector.Play;
    }

    private static (long Bytes, long Artifacts) Freed(CollectionReport report, RetentionKind kind)
    {
        Assert.Equal(report.Kinds[kind].BytesFreed, report.Total.BytesFreed);
        return (report.Kinds[kind].BytesFreed, report.Kinds[kind].ArtifactsDeleted);
    }

    private static Task<ArtifactId> PutAsync(IArtifactStore store, int bytes) => store.PutBytesAsync(RandomNumberGenerator.GetBytes(bytes), Cancel);

    private Task<ETag> WriteJobAsync(string name, PlayedRecord record) =>
        _stores.System.WriteDocumentAsync($"jobs/{name}", JsonSerializer.SerializeToUtf8Bytes(record), WriteCondition.Any, Cancel);
}
