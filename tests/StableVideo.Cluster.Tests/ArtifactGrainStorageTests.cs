using System.Text;
using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

public sealed class ArtifactGrainStorageTests : IDisposable
{
    private static readonly GrainId Grain = GrainId.Create("videojob", "my job/1");
    private readonly WorkFolder _work = new();
    private readonly ArtifactGrainStorage _storage;

    public ArtifactGrainStorageTests() => _storage = new ArtifactGrainStorage(_work.Store);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task State_is_a_readable_document()
    {
        await _storage.WriteStateAsync("state", Grain, Written("hello", 3));

        var document = await _work.Store.ReadDocumentAsync("grains/videojob/my_20job_2f1/state", Cancel);
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(document!.Content.Span));
        Assert.Equal(("hello", 3), (json.RootElement.GetProperty("text").GetString(), json.RootElement.GetProperty("number").GetInt32()));
    }

    [Fact]
    public async Task State_is_read_as_it_was_written()
    {
        var read = new GrainState<Kept>();
        await _storage.ReadStateAsync("state", Grain, read);
        Assert.Equal((false, null), (read.RecordExists, read.ETag));
        Assert.NotNull(read.State);
        await _storage.WriteStateAsync("state", Grain, Written("hello", 3));
        await _storage.ReadStateAsync("state", Grain, read);

        Assert.Equal((true, "hello", 3), (read.RecordExists, read.State!.Text, read.State.Number));
    }

    [Fact]
    public async Task A_writer_that_read_an_older_version_is_told_and_changes_nothing()
    {
        var first = Written("first", 1);
        await _storage.WriteStateAsync("state", Grain, first);
        var second = new GrainState<Kept>();
        await _storage.ReadStateAsync("state", Grain, second);
        second.State!.Text = "second";
        await _storage.WriteStateAsync("state", Grain, second);

        first.State!.Text = "late";
        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("state", Grain, first));
        Assert.Equal((second.ETag, first.ETag), (conflict.StoredEtag, conflict.CurrentEtag));
        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.ClearStateAsync("state", Grain, first));
        await _storage.ReadStateAsync("state", Grain, first);
        Assert.Equal("second", first.State!.Text);
    }

    [Fact]
    public async Task Two_activations_that_both_found_nothing_do_not_overwrite_each_other()
    {
        await _storage.WriteStateAsync("state", Grain, Written("one", 1));

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("state", Grain, Written("two", 2)));
    }

    [Fact]
    public async Task Cleared_state_is_gone_and_can_be_written_anew()
    {
        var state = Written("one", 1);
        await _storage.WriteStateAsync("state", Grain, state);
        await _storage.ClearStateAsync("state", Grain, state);
        Assert.Equal((false, null, null), (state.RecordExists, state.ETag, state.State!.Text));
        state.State!.Text = "again";
        await _storage.WriteStateAsync("state", Grain, state);

        Assert.True(state.RecordExists);
    }

    private static GrainState<Kept> Written(string text, int number) => new(new Kept { Text = text, Number = number });

    private sealed class Kept
    {
        public string? Text { get; set; }

        public int Number { get; set; }
    }
}
