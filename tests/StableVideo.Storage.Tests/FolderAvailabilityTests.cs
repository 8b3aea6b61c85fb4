using System.Security.Cryptography;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>A disk that is full or gone is told from a file that is not there.</summary>
public sealed class FolderAvailabilityTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("stablevideo-disk-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_root))
            Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_full_disk_is_named_and_the_store_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(_root, "2m");
        var store = new FolderArtifactStore(_root);
        var content = RandomNumberGenerator.GetBytes(1 << 20);
        var id = await store.PutBytesAsync(content, Cancel);
        var filler = Path.Combine(_root, "filler");
        await File.WriteAllBytesAsync(filler, new byte[800 << 10], Cancel);

        foreach (var call in new Func<Task>[]
        {
            () => store.PutBytesAsync(RandomNumberGenerator.GetBytes(1 << 20), Cancel),
            () => store.PutAsync(new MemoryStream(RandomNumberGenerator.GetBytes(1 << 20)), Cancel),
            () => store.WriteDocumentAsync("large", new byte[1 << 20], WriteCondition.Any, Cancel),
        })
        {
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(call);
            Assert.Equal($"The disk of the store folder {_root} is full.", failure.Message);
        }

        Assert.True(await store.TouchAsync(id, Cancel));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "temporary")));
        File.Delete(filler);
        await store.PutBytesAsync(RandomNumberGenerator.GetBytes(500 << 10), Cancel);
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_not_an_empty_store()
    {
        var store = new FolderArtifactStore(Path.Combine(_root, "store"));
        var id = await store.PutBytesAsync("x"u8.ToArray(), Cancel);
        Directory.Move(Path.Combine(_root, "store"), Path.Combine(_root, "unmounted"));

        foreach (var call in new Func<Task>[]
        {
            () => store.PutBytesAsync("y"u8.ToArray(), Cancel),
            () => store.ExistsAsync(id, Cancel),
            () => store.TouchAsync(id, Cancel),
            () => store.OpenReadAsync(id, Cancel),
            () => store.MaterializeAsync(id, ".bin", Cancel),
            () => store.ReadDocumentAsync("a", Cancel),
            () => store.WriteDocumentAsync("a", new byte[1], WriteCondition.Any, Cancel),
            () => store.DeleteDocumentAsync("a", WriteCondition.Any, Cancel),
            () => store.ListDocumentsAsync("", Cancel).ToListAsync(Cancel).AsTask(),
            () => store.ListArtifactsAsync(Cancel).ToListAsync(Cancel).AsTask(),
        })
        {
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(call);
            Assert.Equal($"The store folder {store.Root} is gone. Mount its disk or share again.", failure.Message);
        }

        Directory.Move(Path.Combine(_root, "unmounted"), Path.Combine(_root, "store"));
        Assert.True(await store.ExistsAsync(id, Cancel));
    }

    [Theory]
    [InlineData(28, "is full")]
    [InlineData(122, "is full: the disk quota of this user is used up")]
    [InlineData(30, "is mounted read-only")]
    [InlineData(5, "does not work: words")]
    [InlineData(116, "does not answer: words")]
    [InlineData(2, null)]
    [InlineData(13, null)]
    [InlineData(unchecked((int)0x80131620), null)]
    public void Errors_of_the_system_are_told_apart(int error, string? complaint)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The numbers are those of Linux.");
        Assert.Equal(complaint, DiskFailure.Describe(new IOException("words", error)));
    }
}
