using StableVideo.Cli.Jobs;
using StableVideo.Storage;

namespace StableVideo.Cli.Tests;

public sealed class JobFilesTests
{
    [Fact]
    public void A_store_made_for_nothing_goes_again_with_its_parents()
    {
        using var temporary = new Temporary();
        using (var store = new StoreFolder(temporary["a/b/.stablevideo"])) _ = new FolderArtifactStore(store.Path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Folder));
    }

    [Fact]
    public void A_store_worth_keeping_stays()
    {
        using var temporary = new Temporary();
        using (var store = new StoreFolder(temporary["s"]))
        {
            _ = new FolderArtifactStore(store.Path);
            store.Keep();
        }

        Assert.True(Directory.Exists(temporary["s"]));
    }

    [Fact]
    public void A_store_that_was_there_before_stays()
    {
        using var temporary = new Temporary();
        Directory.CreateDirectory(temporary["s"]);
        new StoreFolder(temporary["s"]).Dispose();
        Assert.True(Directory.Exists(temporary["s"]));
    }

    [Fact]
    public void Files_of_others_in_a_made_parent_stay()
    {
        using var temporary = new Temporary();
        using (var store = new StoreFolder(temporary["a/s"]))
        {
            _ = new FolderArtifactStore(store.Path);
            File.WriteAllText(temporary["a/mine.txt"], "x");
        }

        Assert.Equal([temporary["a/mine.txt"]], Directory.EnumerateFileSystemEntries(temporary["a"]));
    }

    [Fact]
    public async Task An_output_replaces_what_was_there_and_leaves_nothing_beside_it()
    {
        using var temporary = new Temporary();
        var store = new FolderArtifactStore(temporary["s"]);
        var artifact = await store.PutBytesAsync(new byte[] { 1, 2, 3 }, TestContext.Current.CancellationToken);
        var output = temporary["new/edited.mp4"];
        await OutputFile.WriteAsync(store, artifact, output, TestContext.Current.CancellationToken);
        await OutputFile.WriteAsync(store, artifact, output, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(output, TestContext.Current.CancellationToken));
        Assert.Equal([output], Directory.EnumerateFileSystemEntries(temporary["new"]));
    }

    [Fact]
    public async Task A_cancelled_output_leaves_the_old_one()
    {
        using var temporary = new Temporary();
        var store = new FolderArtifactStore(temporary["s"]);
        var artifact = await store.PutBytesAsync(new byte[] { 1, 2, 3 }, TestContext.Current.CancellationToken);
        var output = temporary["new/edited.mp4"];
        Directory.CreateDirectory(temporary["new"]);
        await File.WriteAllTextAsync(output, "old", TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OutputFile.WriteAsync(store, artifact, output, new CancellationToken(true)));
        Assert.Equal("old", await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
        Assert.Equal([output], Directory.EnumerateFileSystemEntries(temporary["new"]));
    }
}
