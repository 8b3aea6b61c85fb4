using Microsoft.Extensions.Time.Testing;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

public sealed class ArtifactUseTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryArtifactStore _store;

    public ArtifactUseTests() => _store = new MemoryArtifactStore(new ArtifactStoreOptions { Clock = _clock });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_young_document_is_read_and_an_old_one_written_again()
    {
        var first = await _store.WriteDocumentAsync("stages/a", "x"u8.ToArray(), WriteCondition.Any, Cancel);
        _clock.Advance(TimeSpan.FromMinutes(59));
        await _store.ReadAndRenewDocumentAsync("stages/a", _clock, Cancel);
        Assert.Equal(first, (await _store.ReadDocumentAsync("stages/a", Cancel))!.ETag);

        _clock.Advance(TimeSpan.FromMinutes(2));
        var read = await _store.ReadAndRenewDocumentAsync("stages/a", _clock, Cancel);

        var renewed = await _store.ReadDocumentAsync("stages/a", Cancel);
        Assert.NotEqual(first, renewed!.ETag);
        Assert.Equal(_clock.GetUtcNow(), renewed.WrittenAt);
        Assert.Equal(read!.Content.ToArray(), renewed.Content.ToArray());
        Assert.Null(await _store.ReadAndRenewDocumentAsync("stages/b", _clock, Cancel));
    }

    [Fact]
    public async Task Touching_several_tells_which_are_missing()
    {
        var there = await _store.PutBytesAsync("there"u8.ToArray(), Cancel);
        var missing = ArtifactId.Of("missing"u8);

        Assert.Equal([missing], await _store.TouchAllAsync([there, missing, there, missing], Cancel));
    }
}
