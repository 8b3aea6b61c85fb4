using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

public sealed class RecoveryTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly FakeExecutor _executor;

    public RecoveryTests() => _executor = new FakeExecutor(_work.Store);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Clusters_start_side_by_side()
    {
        using var other = new WorkFolder();
        await using var one = await _work.StartAsync(_executor);
        await using var two = await other.StartAsync(new FakeExecutor(other.Store));
        await one.SubmitAsync("job", WorkFolder.Inputs(), Cancel);
        await two.SubmitAsync("job", WorkFolder.Inputs("something else"), Cancel);

        Assert.Equal(JobState.Completed, (await one.EndAsync("job")).State);
        Assert.Equal(JobState.Completed, (await two.EndAsync("job")).State);
    }

    [Fact]
    public async Task A_job_left_unfinished_continues_behind_its_complete_stages_when_it_is_submitted_again()
    {
        _executor.On(StageKind.EditForeground, run => Task.Delay(Timeout.Infinite, run.Cancellation));
        await using (var first = await _work.StartAsync(_executor, options => options.Slots = 2))
        {
            await first.SubmitAsync("interrupted", WorkFolder.Inputs(), Cancel);
            await first.UntilAsync("interrupted", status =>
                status[JobStage.EditForeground].State == StageState.Running && status[JobStage.EditBackground].State == StageState.Completed);
        }

        var second = new FakeExecutor(_work.Store);
        await using var cluster = await _work.StartAsync(second);
        var taken = await cluster.SubmitAsync("interrupted", WorkFolder.Inputs(), Cancel);
        Assert.False(taken.HasEnded);
        Assert.Equal(StageState.Completed, taken[JobStage.Decompose].State);
        var status = await cluster.EndAsync("interrupted");

        Assert.Equal(JobState.Completed, status.State);
        Assert.Equal([StageKind.EditForeground, StageKind.Aggregate, StageKind.Compose], second.Stages);
        Assert.Equal(2, status[JobStage.EditForeground].Attempt);
        Assert.Contains(await cluster.GetEventsAsync("interrupted"), happened => happened is { Kind: JobEventKind.StageHandedBack, Stage: JobStage.EditForeground });
    }

    [Fact]
    public async Task An_unfinished_job_continues_when_it_is_only_asked_for()
    {
        _executor.On(StageKind.Compose, run => Task.Delay(Timeout.Infinite, run.Cancellation));
        await using (var first = await _work.StartAsync(_executor))
        {
            await first.SubmitAsync("asked", WorkFolder.Inputs(), Cancel);
            await first.UntilAsync("asked", status => status[JobStage.Compose].State == StageState.Running);
        }

        await using var cluster = await _work.StartAsync(new FakeExecutor(_work.Store));
        Assert.Equal(JobState.Completed, (await cluster.EndAsync("asked")).State);
    }

    [Fact]
    public async Task Unfinished_jobs_are_taken_up_by_themselves_when_a_cluster_starts()
    {
        _executor.On(StageKind.Compose, run => Task.Delay(Timeout.Infinite, run.Cancellation));
        await using (var first = await _work.StartAsync(_executor))
        {
            await first.SubmitAsync("left", WorkFolder.Inputs(), Cancel);
            await first.UntilAsync("left", status => status[JobStage.Compose].State == StageState.Running);
        }

        Assert.NotEmpty(await _work.Store.ListDocumentsAsync("active/", Cancel).ToListAsync(Cancel));
        var second = new FakeExecutor(_work.Store);
        await using var cluster = await _work.StartAsync(second, options => options.ResumeJobs = true);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (await _work.Store.ListDocumentsAsync("active/", Cancel).AnyAsync(Cancel))
            await Task.Delay(50, patience.Token);

        Assert.Equal([StageKind.Compose], second.Stages);
        Assert.Equal(JobState.Completed, (await cluster.GetStatusAsync("left")).State);
    }

    [Fact]
    public async Task A_job_can_not_be_computed_by_two_clusters_on_one_folder()
    {
        _executor.On(StageKind.Decompose, run => Task.Delay(Timeout.Infinite, run.Cancellation));
        await using var one = await _work.StartAsync(_executor);
        await using var two = await _work.StartAsync(new FakeExecutor(_work.Store));
        await one.SubmitAsync("mine", WorkFolder.Inputs(), Cancel);

        var busy = await Assert.ThrowsAsync<JobBusyException>(() => two.SubmitAsync("mine", WorkFolder.Inputs(), Cancel));
        Assert.Contains("Another process", busy.Message, StringComparison.Ordinal);
        await two.SubmitAsync("yours", WorkFolder.Inputs("something else"), Cancel);
        Assert.Equal(JobState.Completed, (await two.EndAsync("yours")).State);
    }
}
