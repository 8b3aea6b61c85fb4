using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

/// <summary>A disk that fills up under a cluster on one machine.</summary>
public sealed class StoreTroubleTests : IDisposable
{
    private readonly WorkFolder _work = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_full_disk_fails_the_job_at_once_and_it_continues_when_there_is_room()
    {
        Directory.CreateDirectory(_work.Path);
        using var disk = SmallDisk.Mount(_work.Path, "4m");
        string? filler = null;
        var full = new FakeExecutor(_work.Store).On(StageKind.EditForeground, _ =>
        {
            filler = disk.Fill();
            return Task.CompletedTask;
        });
        await using (var cluster = await _work.StartAsync(full))
        {
            await cluster.SubmitAsync("full", WorkFolder.Inputs(), Cancel);
            var status = await cluster.EndAsync("full").WaitAsync(TimeSpan.FromSeconds(30), Cancel);

            Assert.Equal(JobState.Failed, status.State);
            Assert.Equal($"The disk of the store folder {_work.Path} is full.", status.Error);
        }

        File.Delete(filler!);
        var roomy = new FakeExecutor(_work.Store);
        await using var again = await _work.StartAsync(roomy);
        await again.SubmitAsync("full", WorkFolder.Inputs(), Cancel);
        Assert.Equal(JobState.Completed, (await again.EndAsync("full")).State);
        Assert.DoesNotContain(StageKind.Decompose, roomy.Stages);
    }

    [Fact]
    public async Task Jobs_that_wait_for_the_store_wait_until_there_is_room()
    {
        Directory.CreateDirectory(_work.Path);
        using var disk = SmallDisk.Mount(_work.Path, "4m");
        var filled = new TaskCompletionSource<string>();
        var executor = new FakeExecutor(_work.Store).On(StageKind.EditForeground, _ =>
        {
            if (!filled.Task.IsCompleted)
                filled.SetResult(disk.Fill());
            return Task.CompletedTask;
        });
        await using var cluster = await _work.StartAsync(executor, options => options.WaitsForStore = true);
        await cluster.SubmitAsync("patient", WorkFolder.Inputs(), Cancel);
        var filler = await filled.Task.WaitAsync(Cancel);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);
        Assert.False((await cluster.GetStatusAsync("patient")).HasEnded);
        File.Delete(filler);

        Assert.Equal(JobState.Completed, (await cluster.EndAsync("patient")).State);
    }
}
