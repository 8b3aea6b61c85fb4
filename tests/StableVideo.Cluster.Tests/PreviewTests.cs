using System.Text;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>Pictures of what a running stage has done so far, on their way to whoever watches the job.</summary>
public sealed class PreviewTests : IDisposable
{
    private readonly WorkFolder _work = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task The_latest_picture_of_each_name_is_shown_while_its_stage_runs()
    {
        var (second, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var executor = new FakeExecutor(_work.Store).On(StageKind.EditForeground, async run =>
        {
            Show(run, "preview-foreground", "first look");
            Show(run, "preview-keyframe-0007", "seven");
            await second.Task.WaitAsync(run.Cancellation);
            Show(run, "preview-foreground", "second look");
            await end.Task.WaitAsync(run.Cancellation);
        });
        await using var cluster = await _work.StartAsync(executor);
        await cluster.SubmitAsync("seen", WorkFolder.Inputs(), Cancel);

        var status = await cluster.UntilAsync("seen", now => now[JobStage.EditForeground].Previews.Count == 2);
        Assert.Equal(["first look", "seven"], await ReadAsync(cluster, status[JobStage.EditForeground].Previews));
        Assert.Equal(["preview-foreground", "preview-keyframe-0007"], status[JobStage.EditForeground].Previews.Select(preview => preview.Name));
        Assert.Equal(0.5, status[JobStage.EditForeground].Fraction);
        Assert.Equal("painting", status[JobStage.EditForeground].Message);

        second.SetResult();
        status = await cluster.UntilAsync("seen", now => now[JobStage.EditForeground].Previews is [{ Name: "preview-keyframe-0007" }, _]);
        Assert.Equal(["seven", "second look"], await ReadAsync(cluster, status[JobStage.EditForeground].Previews));

        // No document names them, so that they are collected like all that nobody needs.
        var document = await _work.Store.ReadDocumentAsync("grains/videojob/seen/state", Cancel);
        Assert.DoesNotContain(ArtifactId.Of("seven"u8).Value, Encoding.UTF8.GetString(document!.Content.Span), StringComparison.Ordinal);

        end.SetResult();
        status = await cluster.EndAsync("seen");
        Assert.Equal(JobState.Completed, status.State);
        Assert.All(status.Stages, stage => Assert.Empty(stage.Previews));
    }

    [Fact]
    public async Task A_tenants_pictures_lie_in_the_tenants_store_and_leave_room_for_results()
    {
        const string Tenant = "small";
        var stores = TenantStores.InFolder(_work.Path, quotas: new TenantQuotas { Bytes = 100_000 });
        var failures = new List<Exception>();
        var shelf = new PreviewShelf(stores, Tenant, TimeProvider.System);
        await StoreAsync(shelf, failures, "small", 90);
        Assert.Equal(["small"], shelf.Shown.Select(preview => preview.Name));
        Assert.True(await stores.For(Tenant).ExistsAsync(ArtifactId.Parse(shelf.Shown[0].Artifact), Cancel));
        Assert.False(await stores.System.ExistsAsync(ArtifactId.Parse(shelf.Shown[0].Artifact), Cancel));

        await StoreAsync(shelf, failures, "large", 200);
        Assert.Equal(["small"], shelf.Shown.Select(preview => preview.Name));
        Assert.Empty(failures);
    }

    [Fact]
    public async Task At_most_twenty_pictures_are_kept()
    {
        var shelf = new PreviewShelf(TenantStores.InFolder(_work.Path), "default", TimeProvider.System);
        for (var i = 0; i < 25; i++)
            await StoreAsync(shelf, [], $"picture-{i:D2}", 10 + i);
        Assert.Equal(Enumerable.Range(5, 20).Select(i => $"picture-{i:D2}"), shelf.Shown.Select(preview => preview.Name));
    }

    private static async Task StoreAsync(PreviewShelf shelf, List<Exception> failures, string name, int length)
    {
        shelf.Put(new PreviewPicture(name, new byte[length]));
        await shelf.Store(failures.Add);
    }

    private static void Show(StageRun run, string name, string content) =>
        run.Progress.Report(new StageProgress(0.5, "painting") { Preview = new PreviewPicture(name, Encoding.UTF8.GetBytes(content)) });

    private static async Task<List<string>> ReadAsync(LocalCluster cluster, IEnumerable<StagePreview> previews)
    {
        var contents = new List<string>();
        foreach (var preview in previews)
        {
            using var reader = new StreamReader(await cluster.Store.OpenReadAsync(ArtifactId.Parse(preview.Artifact), Cancel));
            contents.Add(await reader.ReadToEndAsync(Cancel));
        }

        return contents;
    }
}
