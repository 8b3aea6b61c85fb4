using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

public sealed class BlobArtifactStoreTests(Azurite azurite) : ArtifactStoreConformance, IClassFixture<Azurite>, IAsyncLifetime
{
    private readonly string _temporary = Path.Combine(Path.GetTempPath(), "stablevideo-blob-" + Guid.NewGuid().ToString("n"));
    private BlobArtifactStore? _store;

    private protected override IArtifactStore Store => _store!;

    public async ValueTask InitializeAsync() => _store = await BlobArtifactStore.OpenAsync(azurite.Container("conformance"), _temporary);

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
    public async Task Content_damaged_in_the_store_is_not_handed_out()
    {
        var cancel = TestContext.Current.CancellationToken;
        var id = await Store.PutBytesAsync(Guid.NewGuid().ToByteArray(), cancel);
        await azurite.Container("conformance").GetBlobClient($"artifacts/{id.Value[7..9]}/{id}").UploadAsync(new BinaryData("other"), overwrite: true, cancel);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Store.MaterializeAsync(id, ".bin", cancel));
        Assert.Contains(id.Value, failure.Message, StringComparison.Ordinal);
    }
}
