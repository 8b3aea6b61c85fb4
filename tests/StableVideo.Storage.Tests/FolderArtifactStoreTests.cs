using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

public sealed class FolderArtifactStoreTests : ArtifactStoreConformance, IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "stablevideo-store-" + Guid.NewGuid().ToString("n"));

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    public FolderArtifactStoreTests() => Store = Open();

    private protected override IArtifactStore Store { get; }

    private protected override DateTimeOffset Now => _clock.GetUtcNow();

    private protected override Task PassTimeAsync()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_failed_write_leaves_nothing_behind()
    {
        await Assert.ThrowsAsync<IOException>(() => Store.PutAsync(new BreakingStream(1_000_000), Cancel));

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "artifacts"), "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_root, "temporary")));
    }

    [Fact]
    public async Task A_materialized_artifact_shares_the_bytes_on_disk()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Counts links with stat.");
        var id = await Store.PutBytesAsync("shared"u8.ToArray(), Cancel);
        using var local = await Store.MaterializeAsync(id, ".bin", Cancel);

        Assert.Equal("2", await RunAsync("stat", "-c", "%h", local.Path));
    }

    [Fact]
    public async Task Two_processes_on_one_folder_lose_no_increment()
    {
        // Two stores share no memory: each has its own locks, as two processes have.
        var stores = new[] { new FolderArtifactStore(_root), new FolderArtifactStore(_root) };
        await Store.WriteDocumentAsync("counter", "0"u8.ToArray(), WriteCondition.MustNotExist, Cancel);

        await Task.WhenAll(stores.Select(store => Task.Run(
            async () =>
            {
                for (var done = 0; done < 50;)
                {
                    var document = await store.ReadDocumentAsync("counter", Cancel);
                    var next = int.Parse(Encoding.UTF8.GetString(document!.Content.Span)) + 1;
                    try
                    {
                        await store.WriteDocumentAsync("counter", Encoding.UTF8.GetBytes($"{next}"), WriteCondition.Matches(document.ETag), Cancel);
                        done++;
                    }
                    catch (PreconditionFailedException)
                    {
                    }
                }
            },
            Cancel)));

        Assert.Equal("100", Encoding.UTF8.GetString((await Store.ReadDocumentAsync("counter", Cancel))!.Content.Span));
    }

    [Fact]
    public async Task Two_processes_on_one_folder_agree_whether_an_artifact_was_deleted()
    {
        var collector = Open();
        var contents = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid().ToByteArray()).ToList();
        var ids = await Task.WhenAll(contents.Select(content => Store.PutBytesAsync(content, Cancel)));
        await PassTimeAsync();
        var unusedSince = Now;

        var deletions = Task.Run(() => Task.WhenAll(ids.Select(id => collector.DeleteArtifactAsync(id, unusedSince, Cancel))), Cancel);
        var uses = Task.Run(() => Task.WhenAll(contents.AsEnumerable().Reverse().Select(content => Store.PutBytesAsync(content, Cancel))), Cancel);
        await Task.WhenAll(deletions, uses);

        Assert.All(ids, id => Assert.True(File.Exists(PathOf(id))));
    }

    [Fact]
    public async Task A_use_is_recorded_again_only_after_the_renewal_age()
    {
        var store = new FolderArtifactStore(_root, new ArtifactStoreOptions { Clock = _clock });
        var id = await store.PutBytesAsync("renewed"u8.ToArray(), Cancel);
        var stored = File.GetLastWriteTimeUtc(PathOf(id));

        _clock.Advance(TimeSpan.FromMinutes(59));
        await store.TouchAsync(id, Cancel);
        Assert.Equal(stored, File.GetLastWriteTimeUtc(PathOf(id)));
        _clock.Advance(TimeSpan.FromMinutes(2));
        await store.TouchAsync(id, Cancel);

        Assert.Equal(Now, File.GetLastWriteTimeUtc(PathOf(id)), TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.DeleteArtifactAsync(id, Now.AddMinutes(-119), Cancel));
    }

    [Fact]
    public async Task Old_unfinished_writes_are_swept_and_new_ones_are_kept()
    {
        var old = Path.Combine(_root, "temporary", Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-2)).ToString("n"));
        var young = Path.Combine(_root, "temporary", Guid.CreateVersion7().ToString("n") + ".mp4");
        foreach (var path in new[] { old, young })
            await File.WriteAllTextAsync(path, "x", Cancel);

        _ = new FolderArtifactStore(_root);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public async Task A_link_to_an_old_artifact_is_not_swept_while_it_is_in_use()
    {
        var id = await Store.PutBytesAsync("old"u8.ToArray(), Cancel);
        var stored = Directory.EnumerateFiles(Path.Combine(_root, "artifacts"), "*", SearchOption.AllDirectories).Single();
        File.SetLastWriteTimeUtc(stored, DateTime.UtcNow.AddDays(-9));
        File.SetLastAccessTimeUtc(stored, DateTime.UtcNow.AddDays(-9));
        using var local = await Store.MaterializeAsync(id, ".mp4", Cancel);

        _ = new FolderArtifactStore(_root);

        Assert.True(File.Exists(local.Path));
    }

    [Fact]
    public async Task A_damaged_document_is_reported_and_not_read_as_something_else()
    {
        await Store.WriteDocumentAsync("notes", "x"u8.ToArray(), WriteCondition.Any, Cancel);
        await File.WriteAllTextAsync(Path.Combine(_root, "documents", "notes@"), "short", Cancel);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Store.ReadDocumentAsync("notes", Cancel));
        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc-1.2", "abc-1.2")]
    [InlineData("a_b", "a_5fb")]
    [InlineData("a/b", "a_2fb")]
    [InlineData("..", "_2e.")]
    [InlineData("ü", "_c3_bc")]
    public void Any_text_can_become_a_segment(string text, string segment)
    {
        Assert.Equal(segment, DocumentName.Escape(text));
        Assert.Equal(segment, DocumentName.Check(segment));
    }

    private FolderArtifactStore Open() => new(_root, new ArtifactStoreOptions { Clock = _clock, RenewalAge = TimeSpan.Zero });

    private string PathOf(ArtifactId id) => Path.Combine(_root, "artifacts", id.Value[7..9], id.Value);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return output.Trim();
    }

    private sealed class BreakingStream(long breaksAfter) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_read >= breaksAfter)
                throw new IOException("The cable was pulled.");
            _read += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
