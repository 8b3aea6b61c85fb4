using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

public sealed class BlobArtifactStoreTests(Azurite azurite) : ArtifactStoreConformance, IClassFixture<Azurite>, IAsyncLifetime
{
    private readonly string _temporary = Path.Combine(Path.GetTempPath(), "stablevideo-blob-" + Guid.NewGuid().ToString("n"));
    private BlobArtifactStore? _store;

    private protected override IArtifactStore Store => _store!;

    private protected override DateTimeOffset Now => DateTimeOffset.UtcNow;

    // The service knows times to the second.
    private protected override Task PassTimeAsync() => Task.Delay(2100, TestContext.Current.CancellationToken);

    public async ValueTask InitializeAsync() =>
        _store = await BlobArtifactStore.OpenAsync(azurite.Container("conformance"), _temporary, new ArtifactStoreOptions { RenewalAge = TimeSpan.Zero });

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_temporary))
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary));
            Directory.Delete(_temporary);
        }

        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_use_is_not_recorded_again_before_the_renewal_age()
    {
        var cancel = TestContext.Current.CancellationToken;
        var store = new BlobArtifactStore(azurite.Container("conformance"), _temporary);
        var id = await store.PutBytesAsync(Guid.NewGuid().ToByteArray(), cancel);
        var blob = azurite.Container("conformance").GetBlobClient($"artifacts/{id.Value[7..9]}/{id}");
        var stored = (await blob.GetPropertiesAsync(cancellationToken: cancel)).Value.ETag;

        Assert.True(await store.TouchAsync(id, cancel));
        Assert.Equal(stored, (await blob.GetPropertiesAsync(cancellationToken: cancel)).Value.ETag);
        Assert.True(await Store.TouchAsync(id, cancel));
        Assert.NotEqual(stored, (await blob.GetPropertiesAsync(cancellationToken: cancel)).Value.ETag);
    }

    [Fact]
    public async Task Content_damaged_in_the_store_is_not_handed_out()
    {
        var cancel = TestContext.Current.CancellationToken;
        var id = await Store.PutBytesAsync(Guid.NewGuid().ToByteArray(), cancel);
        await azurite.Container("conformance").GetBlobClient($"artifacts/{id.Value[7..9]}/{id}").UploadAsync(new BinaryData("other"), overwrite: true, cancel);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Store.MaterializeAsync(id, ".bin", cancel));
        Assert.Contains(id.Value, failure.Message, StringComparison.Ordinal);
    }
}
