using System.Text;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>What every <see cref="IArtifactStore"/> must do. Derived classes say which one.</summary>
public abstract class ArtifactStoreConformance
{
    private const int LargeBytes = 9_000_001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The store; a use is on record until time passes, then the next one is recorded.</summary>
    private protected abstract IArtifactStore Store { get; }

    private protected abstract DateTimeOffset Now { get; }

    /// <summary>Lets so much time pass that uses before can be told from uses after <see cref="Now"/>.</summary>
    private protected abstract Task PassTimeAsync();

    [Fact]
    public async Task An_artifact_is_named_by_the_hash_of_its_content()
    {
        var id = await Store.PutBytesAsync("abc"u8.ToArray(), Cancel);

        Assert.Equal("sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", id.Value);
        Assert.True(await Store.ExistsAsync(id, Cancel));
        Assert.Equal("abc", Encoding.UTF8.GetString(await ReadAsync(id)));
    }

    [Fact]
    public async Task All_ways_of_storing_give_the_same_artifact()
    {
        var content = Noise(LargeBytes, 1);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.bin");
        await File.WriteAllBytesAsync(path, content, Cancel);
        try
        {
            var fromFile = await Store.PutFileAsync(path, Cancel);
            var fromBytes = await Store.PutBytesAsync(content, Cancel);
            using var unseekable = new System.IO.Compression.DeflateStream(new MemoryStream(Deflate(content)), System.IO.Compression.CompressionMode.Decompress);
            var fromStream = await Store.PutAsync(unseekable, Cancel);

            Assert.Equal(fromFile, fromBytes);
            Assert.Equal(fromFile, fromStream);
            Assert.Equal(content, await ReadAsync(fromFile));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task An_empty_artifact_can_be_stored_and_read()
    {
        var id = await Store.PutBytesAsync(Array.Empty<byte>(), Cancel);

        Assert.Equal("sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", id.Value);
        Assert.Empty(await ReadAsync(id));
    }

    [Fact]
    public async Task Reading_can_start_anywhere()
    {
        var content = Noise(300_000, 2);
        var id = await Store.PutBytesAsync(content, Cancel);
        await using var stream = await Store.OpenReadAsync(id, Cancel);

        stream.Seek(250_000, SeekOrigin.Begin);
        var tail = new byte[50_000];
        await stream.ReadExactlyAsync(tail, Cancel);

        Assert.Equal(content[250_000..], tail);
    }

    [Fact]
    public async Task A_missing_artifact_is_reported_by_name()
    {
        var missing = ArtifactId.Of(Guid.NewGuid().ToByteArray());

        Assert.False(await Store.ExistsAsync(missing, Cancel));
        var onRead = await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store.OpenReadAsync(missing, Cancel));
        var onMaterialize = await Assert.ThrowsAsync<ArtifactNotFoundException>(() => Store.MaterializeAsync(missing, ".mp4", Cancel));
        Assert.Contains(missing.Value, onRead.Message, StringComparison.Ordinal);
        Assert.Equal(missing, onMaterialize.Id);
    }

    [Theory]
    [InlineData(".mp4", ".mp4")]
    [InlineData("png", ".png")]
    [InlineData("", "")]
    public async Task A_materialized_artifact_has_the_content_and_the_extension(string asked, string extension)
    {
        var content = Noise(70_000, 3);
        var id = await Store.PutBytesAsync(content, Cancel);
        string path;
        using (var local = await Store.MaterializeAsync(id, asked, Cancel))
        {
            path = local.Path;
            Assert.Equal(extension, Path.GetExtension(path));
            Assert.Equal(content, await File.ReadAllBytesAsync(path, Cancel));
        }

        Assert.True(extension.Length == 0 || !File.Exists(path));
        Assert.Equal(content, await ReadAsync(id));
    }

    [Fact]
    public async Task An_extension_can_not_leave_the_folder()
    {
        var id = await Store.PutBytesAsync("x"u8.ToArray(), Cancel);

        await Assert.ThrowsAsync<ArgumentException>(() => Store.MaterializeAsync(id, "./../../etc/passwd", Cancel));
    }

    [Fact]
    public async Task Many_writers_of_the_same_content_agree()
    {
        var content = Noise(200_000, 4);
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store.PutAsync(new MemoryStream(content), Cancel), Cancel)));

        Assert.Single(ids.Distinct());
        Assert.Equal(content, await ReadAsync(ids[0]));
    }

    [Fact]
    public async Task Artifacts_are_listed_with_size_and_last_use()
    {
        var before = Now.AddSeconds(-1);
        var small = await Store.PutBytesAsync(Noise(10, 5), Cancel);
        var large = await Store.PutBytesAsync(Noise(100_000, 6), Cancel);

        var listed = await ListArtifactsAsync();

        Assert.Equal((10, 100_000), (listed[small].Bytes, listed[large].Bytes));
        Assert.All([small, large], id => Assert.InRange(listed[id].LastUse, before, Now.AddSeconds(1)));
    }

    [Fact]
    public async Task An_artifact_that_was_not_used_since_is_deleted()
    {
        var content = Noise(1000, 7);
        var id = await Store.PutBytesAsync(content, Cancel);
        await PassTimeAsync();

        Assert.True(await Store.DeleteArtifactAsync(id, Now, Cancel));

        Assert.False(await Store.ExistsAsync(id, Cancel));
        Assert.False(await Store.TouchAsync(id, Cancel));
        Assert.DoesNotContain(id, (await ListArtifactsAsync()).Keys);
        Assert.False(await Store.DeleteArtifactAsync(id, Now, Cancel));
        Assert.Equal(id, await Store.PutBytesAsync(content, Cancel));
        Assert.Equal(content, await ReadAsync(id));
    }

    [Theory]
    [InlineData("touch")]
    [InlineData("bytes")]
    [InlineData("stream")]
    public async Task A_use_keeps_an_artifact_from_deletion(string use)
    {
        var content = Noise(1000, use.Length);
        var id = await Store.PutBytesAsync(content, Cancel);
        await PassTimeAsync();
        var unusedSince = Now;

        _ = use switch
        {
            "touch" => await Store.TouchAsync(id, Cancel),
            "bytes" => await Store.PutBytesAsync(content, Cancel) == id,
            _ => await Store.PutAsync(new MemoryStream(content), Cancel) == id,
        };
        await PassTimeAsync();

        Assert.False(await Store.DeleteArtifactAsync(id, unusedSince, Cancel));
        Assert.Equal(content, await ReadAsync(id));
        Assert.True(await Store.DeleteArtifactAsync(id, Now, Cancel));
    }

    [Fact]
    public async Task Reading_goes_on_while_an_artifact_is_touched()
    {
        var content = Noise(LargeBytes, 8);
        var id = await Store.PutBytesAsync(content, Cancel);
        await PassTimeAsync();
        await using var stream = await Store.OpenReadAsync(id, Cancel);
        var read = new byte[LargeBytes];
        await stream.ReadExactlyAsync(read.AsMemory(0, 1000), Cancel);

        Assert.True(await Store.TouchAsync(id, Cancel));
        await stream.ReadExactlyAsync(read.AsMemory(1000), Cancel);

        Assert.Equal(content, read);
    }

    [Theory]
    [InlineData("touch")]
    [InlineData("bytes")]
    [InlineData("stream")]
    public async Task What_was_used_during_a_deletion_is_there_afterwards(string use)
    {
        var contents = Enumerable.Range(0, 48).Select(_ => Guid.NewGuid().ToByteArray()).ToList();
        var ids = await Task.WhenAll(contents.Select(content => Store.PutBytesAsync(content, Cancel)));
        await PassTimeAsync();
        var unusedSince = Now;

        await Parallel.ForEachAsync(Enumerable.Range(0, contents.Count), Cancel, async (index, cancel) =>
        {
            var deletion = Task.Run(() => Store.DeleteArtifactAsync(ids[index], unusedSince, cancel), cancel);
            var found = use switch
            {
                "touch" => await Store.TouchAsync(ids[index], cancel),
                "bytes" => await Store.PutBytesAsync(contents[index], cancel) == ids[index],
                _ => await Store.PutAsync(new MemoryStream(contents[index]), cancel) == ids[index],
            };
            var deleted = await deletion;

            Assert.Equal(found, await Store.ExistsAsync(ids[index], cancel));
            Assert.True(found || deleted);
        });
    }

    [Fact]
    public async Task A_deletion_that_looks_back_less_far_than_uses_are_recorded_is_refused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.DeleteArtifactAsync(ArtifactId.Of([1]), Now.AddMinutes(1), Cancel));

    [Fact]
    public async Task A_document_is_read_as_it_was_written()
    {
        var name = NewName();
        Assert.Null(await Store.ReadDocumentAsync(name, Cancel));

        var etag = await Store.WriteDocumentAsync(name, "one"u8.ToArray(), WriteCondition.MustNotExist, Cancel);

        var document = await Store.ReadDocumentAsync(name, Cancel);
        Assert.Equal((name, "one", etag), (document!.Name, Encoding.UTF8.GetString(document.Content.Span), document.ETag));
    }

    [Fact]
    public async Task Every_write_makes_a_new_tag_even_of_the_same_bytes()
    {
        var name = NewName();
        var first = await Store.WriteDocumentAsync(name, "same"u8.ToArray(), WriteCondition.Any, Cancel);
        var second = await Store.WriteDocumentAsync(name, "same"u8.ToArray(), WriteCondition.Matches(first), Cancel);

        Assert.NotEqual(first, second);
        var failure = await Assert.ThrowsAsync<PreconditionFailedException>(
            () => Store.WriteDocumentAsync(name, "late"u8.ToArray(), WriteCondition.Matches(first), Cancel));
        Assert.Equal(name, failure.Name);
        Assert.Equal("same", await TextAsync(name));
    }

    [Fact]
    public async Task A_document_tells_when_it_was_written_last()
    {
        var name = NewName();
        await Store.WriteDocumentAsync(name, "same"u8.ToArray(), WriteCondition.Any, Cancel);
        var first = await Store.ReadDocumentAsync(name, Cancel);
        await PassTimeAsync();
        await Store.WriteDocumentAsync(name, "same"u8.ToArray(), WriteCondition.Any, Cancel);
        var second = await Store.ReadDocumentAsync(name, Cancel);

        Assert.True(second!.WrittenAt > first!.WrittenAt);
        Assert.InRange(second.WrittenAt, Now.AddSeconds(-2), Now.AddSeconds(1));
    }

    [Fact]
    public async Task A_document_that_exists_is_not_created_again()
    {
        var name = NewName();
        await Store.WriteDocumentAsync(name, "first"u8.ToArray(), WriteCondition.MustNotExist, Cancel);

        await Assert.ThrowsAsync<PreconditionFailedException>(
            () => Store.WriteDocumentAsync(name, "second"u8.ToArray(), WriteCondition.MustNotExist, Cancel));
        Assert.Equal("first", await TextAsync(name));
    }

    [Fact]
    public async Task A_version_that_never_was_can_not_be_overwritten()
    {
        var name = NewName();
        var elsewhere = await Store.WriteDocumentAsync(NewName(), "x"u8.ToArray(), WriteCondition.Any, Cancel);

        await Assert.ThrowsAsync<PreconditionFailedException>(
            () => Store.WriteDocumentAsync(name, "y"u8.ToArray(), WriteCondition.Matches(elsewhere), Cancel));
        Assert.Null(await Store.ReadDocumentAsync(name, Cancel));
    }

    [Fact]
    public async Task Deleting_obeys_its_condition()
    {
        var name = NewName();
        Assert.False(await Store.DeleteDocumentAsync(name, WriteCondition.Any, Cancel));
        var old = await Store.WriteDocumentAsync(name, "1"u8.ToArray(), WriteCondition.Any, Cancel);
        var present = await Store.WriteDocumentAsync(name, "2"u8.ToArray(), WriteCondition.Any, Cancel);

        await Assert.ThrowsAsync<PreconditionFailedException>(() => Store.DeleteDocumentAsync(name, WriteCondition.Matches(old), Cancel));
        await Assert.ThrowsAsync<PreconditionFailedException>(() => Store.DeleteDocumentAsync(name, WriteCondition.MustNotExist, Cancel));
        Assert.Equal("2", await TextAsync(name));
        Assert.True(await Store.DeleteDocumentAsync(name, WriteCondition.Matches(present), Cancel));
        Assert.Null(await Store.ReadDocumentAsync(name, Cancel));
        await Assert.ThrowsAsync<PreconditionFailedException>(() => Store.DeleteDocumentAsync(name, WriteCondition.Matches(present), Cancel));
    }

    [Fact]
    public async Task Concurrent_conditional_writers_lose_no_increment()
    {
        var name = NewName();
        await Store.WriteDocumentAsync(name, "0"u8.ToArray(), WriteCondition.MustNotExist, Cancel);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => IncrementAsync(name, 10), Cancel)));

        Assert.Equal("40", await TextAsync(name));
    }

    [Fact]
    public async Task Documents_are_listed_by_prefix_in_ordinal_order()
    {
        var root = NewName();
        foreach (var name in new[] { "b", "a/2", "a/10", "a", "ab", "A", "a-x" })
            await Store.WriteDocumentAsync($"{root}/{name}", "x"u8.ToArray(), WriteCondition.Any, Cancel);

        Assert.Equal(["A", "a", "a-x", "a/10", "a/2", "ab", "b"], await ListAsync($"{root}/", root));
        Assert.Equal(["a/10", "a/2"], await ListAsync($"{root}/a/", root));
        Assert.Equal(["a", "a-x", "a/10", "a/2", "ab"], await ListAsync($"{root}/a", root));
        Assert.Empty(await ListAsync($"{root}/none/", root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/./b")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("ä")]
    public async Task Names_of_another_form_are_refused(string name) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Store.WriteDocumentAsync(name, "x"u8.ToArray(), WriteCondition.Any, Cancel));

    private protected static string NewName() => $"conformance/{Guid.NewGuid():n}";

    private static byte[] Noise(int length, int seed)
    {
        var content = new byte[length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static byte[] Deflate(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new System.IO.Compression.DeflateStream(compressed, System.IO.Compression.CompressionLevel.NoCompression))
            deflate.Write(content);
        return compressed.ToArray();
    }

    private async Task IncrementAsync(string name, int times)
    {
        for (var done = 0; done < times;)
        {
            var document = await Store.ReadDocumentAsync(name, Cancel);
            var next = int.Parse(Encoding.UTF8.GetString(document!.Content.Span)) + 1;
            try
            {
                await Store.WriteDocumentAsync(name, Encoding.UTF8.GetBytes($"{next}"), WriteCondition.Matches(document.ETag), Cancel);
                done++;
            }
            catch (PreconditionFailedException)
            {
                await Task.Yield();
            }
        }
    }

    private async Task<byte[]> ReadAsync(ArtifactId id)
    {
        await using var stream = await Store.OpenReadAsync(id, Cancel);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }

    private async Task<Dictionary<ArtifactId, StoredArtifact>> ListArtifactsAsync() =>
        await Store.ListArtifactsAsync(Cancel).ToDictionaryAsync(artifact => artifact.Id, cancellationToken: Cancel);

    private async Task<string> TextAsync(string name) => Encoding.UTF8.GetString((await Store.ReadDocumentAsync(name, Cancel))!.Content.Span);

    private async Task<List<string>> ListAsync(string prefix, string root)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListDocumentsAsync(prefix, Cancel))
            names.Add(name[(root.Length + 1)..]);
        return names;
    }
}
