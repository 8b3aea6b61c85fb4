using System.Diagnostics;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

public sealed class JobFlowTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly FakeExecutor _executor;

    public JobFlowTests() => _executor = new FakeExecutor(_work.Store);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_job_goes_through_all_stages_in_order_and_keeps_their_results()
    {
        await using var cluster = await _work.StartAsync(_executor);
        var id = JobId.For(WorkFolder.Inputs());
        await cluster.SubmitAsync(id, WorkFolder.Inputs(), Cancel);
        var status = await cluster.EndAsync(id);

        Assert.Equal((JobState.Completed, null), (status.State, status.Error));
        Assert.Equal(
            [StageKind.Probe, StageKind.Decompose, StageKind.EditBackground, StageKind.EditForeground, StageKind.Aggregate, StageKind.Compose],
            _executor.Stages.Order());
        Assert.Equal(StageKind.Compose, _executor.Stages.Last());
        Assert.All(_executor.Runs, run => Assert.Equal(StageGraph.DependenciesOf(run.Stage).Order(), run.Upstream.Keys.Order()));
        Assert.All(status.Stages, stage => Assert.Equal((StageState.Completed, 1.0, 1), (stage.State, stage.Fraction, stage.Attempt)));

        var results = LocalCluster.ResultsOf(status);
        Assert.Equal(6, results.Count);
        Assert.Equal(30.5, results[StageKind.Decompose].Metrics["psnr"]);
        Assert.Equal("fake", results[StageKind.Decompose].Facts["model"]);
        Assert.Equal(["Compose was faked"], results[StageKind.Compose].Notes);
        Assert.True(await cluster.Store.ExistsAsync(results[StageKind.Compose].Artifacts["output"], Cancel));
    }

    [Fact]
    public async Task Stages_are_computed_on_threads_of_their_own()
    {
        var threads = new List<string?>();
        _executor.On(StageKind.Decompose, async _ =>
        {
            threads.Add(Thread.CurrentThread.Name);
            await Task.Delay(10);
            threads.Add(Thread.CurrentThread.Name);
            await Task.Yield();
            threads.Add(Thread.CurrentThread.Name);
        });
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("threads", WorkFolder.Inputs(), Cancel);
        await cluster.EndAsync("threads");

        Assert.Equal(["threads Decompose #1", "threads Decompose #1", "threads Decompose #1"], threads);
    }

    [Fact]
    public async Task Both_edits_run_at_the_same_time_when_there_are_two_slots()
    {
        using var together = new Barrier(2);
        Task Meet(StageRun run)
        {
            Assert.True(together.SignalAndWait(TimeSpan.FromSeconds(20), run.Cancellation), "The other edit did not run meanwhile.");
            return Task.CompletedTask;
        }

        _executor.On(StageKind.EditBackground, Meet).On(StageKind.EditForeground, Meet);
        await using var cluster = await _work.StartAsync(_executor, options => options.Slots = 2);
        await cluster.SubmitAsync("parallel", WorkFolder.Inputs(), Cancel);

        Assert.Equal(JobState.Completed, (await cluster.EndAsync("parallel")).State);
    }

    [Fact]
    public async Task One_slot_computes_one_heavy_stage_at_a_time_and_the_other_says_that_it_waits()
    {
        var (running, most) = (0, 0);
        var release = new TaskCompletionSource();
        async Task Count(StageRun run)
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await release.Task.WaitAsync(run.Cancellation);
            Interlocked.Decrement(ref running);
        }

        _executor.On(StageKind.EditBackground, Count).On(StageKind.EditForeground, Count);
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("serial", WorkFolder.Inputs(), Cancel);
        var status = await cluster.UntilAsync("serial", s =>
            s.Stages.Any(stage => stage.State == StageState.Running) && s.Stages.Any(stage => stage.State == StageState.Queued && stage.Message.StartsWith("1st in the queue", StringComparison.Ordinal)));
        Assert.Equal(JobState.Running, status.State);
        release.SetResult();

        Assert.Equal(JobState.Completed, (await cluster.EndAsync("serial")).State);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task A_job_that_finds_the_queue_full_is_refused_and_leaves_nothing()
    {
        _executor.On(StageKind.Decompose, run => Task.Delay(Timeout.Infinite, run.Cancellation));
        await using var cluster = await _work.StartAsync(_executor, pool: pool => pool.QueueLimit = 1);
        await cluster.SubmitAsync("computed", WorkFolder.Inputs("one"), Cancel);
        await cluster.UntilAsync("computed", status => status[JobStage.Decompose].State == StageState.Running);
        await cluster.SubmitAsync("waiting", WorkFolder.Inputs("two") with { Video = ArtifactId.Of("another clip"u8) }, Cancel);
        await cluster.UntilAsync("waiting", status => status[JobStage.Decompose].State == StageState.Queued);

        var refused = await Assert.ThrowsAsync<QueueFullException>(() => cluster.SubmitAsync("refused", WorkFolder.Inputs("three"), Cancel));
        Assert.StartsWith("The queue is full: 1 stages wait and 1 may. Nothing was submitted.", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JobNotFoundException>(() => cluster.GetStatusAsync("refused"));
        await cluster.CancelAsync("waiting");
        Assert.False((await cluster.SubmitAsync("refused", WorkFolder.Inputs("three"), Cancel)).HasEnded);
    }

    [Fact]
    public async Task Progress_reaches_the_watcher_and_never_falls()
    {
        _executor.On(StageKind.Decompose, async run =>
        {
            foreach (var fraction in new[] { 0.25, 0.5, 0.4, 0.75 })
            {
                run.Progress.Report(new StageProgress(fraction, $"solving, {fraction:0.00}"));
                await Task.Delay(150, run.Cancellation);
            }
        });
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("progress", WorkFolder.Inputs(), Cancel);
        var seen = new List<StageStatus>();
        await foreach (var status in cluster.WatchAsync("progress", Cancel))
            seen.Add(status[JobStage.Decompose]);

        var running = seen.Where(stage => stage.State == StageState.Running).ToList();
        Assert.Contains(running, stage => stage is { Fraction: 0.5, Message: "solving, 0.50" });
        Assert.Equal(running.Select(stage => stage.Fraction).Order(), running.Select(stage => stage.Fraction));
        Assert.Equal(1.0, seen[^1].Fraction);
    }

    [Fact]
    public async Task A_second_prompt_reuses_every_stage_it_does_not_change()
    {
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("first", WorkFolder.Inputs("a red car"), Cancel);
        await cluster.EndAsync("first");
        _executor.Runs.Clear();

        await cluster.SubmitAsync("second", WorkFolder.Inputs("a blue car"), Cancel);
        var status = await cluster.EndAsync("second");

        Assert.Equal([StageKind.EditForeground, StageKind.Aggregate, StageKind.Compose], _executor.Stages);
        Assert.Equal(
            [JobStage.Probe, JobStage.Decompose, JobStage.EditBackground],
            status.Stages.Where(stage => stage.Outcome!.Reused).Select(stage => stage.Stage));
    }

    [Fact]
    public async Task A_failed_stage_fails_the_job_with_its_own_words_and_stops_its_sibling()
    {
        var (started, stopped) = (new TaskCompletionSource(), new TaskCompletionSource());
        _executor
            .On(StageKind.EditForeground, async run =>
            {
                await started.Task.WaitAsync(run.Cancellation);
                throw new EditException("Keyframe 90 is outside the clip, which has 80 frames. Use frames 0 to 79.");
            })
            .On(StageKind.EditBackground, async run =>
            {
                started.SetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, run.Cancellation);
                }
                finally
                {
                    stopped.SetResult();
                }
            });
        await using var cluster = await _work.StartAsync(_executor, options => options.Slots = 2);
        await cluster.SubmitAsync("failing", WorkFolder.Inputs(), Cancel);
        var status = await cluster.EndAsync("failing");

        Assert.Equal((JobState.Failed, "Keyframe 90 is outside the clip, which has 80 frames. Use frames 0 to 79."), (status.State, status.Error));
        Assert.Equal((StageState.Failed, status.Error), (status[JobStage.EditForeground].State, status[JobStage.EditForeground].Error));
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        var events = await cluster.GetEventsAsync("failing");
        Assert.Equal([JobEventKind.StageFailed, JobEventKind.Failed], events.TakeLast(2).Select(happened => happened.Kind));
    }

    [Fact]
    public async Task A_failed_job_submitted_again_is_retried_behind_its_complete_stages()
    {
        var broken = true;
        _executor.On(StageKind.Aggregate, _ => broken ? throw new IOException("No space left on device.") : Task.CompletedTask);
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("retried", WorkFolder.Inputs(), Cancel);
        Assert.Equal("No space left on device.", (await cluster.EndAsync("retried")).Error);
        _executor.Runs.Clear();
        broken = false;

        await cluster.SubmitAsync("retried", WorkFolder.Inputs(), Cancel);
        var status = await cluster.EndAsync("retried");

        Assert.Equal((JobState.Completed, null), (status.State, status.Error));
        Assert.Equal([StageKind.Aggregate, StageKind.Compose], _executor.Stages);
        Assert.Equal(2, status[JobStage.Aggregate].Attempt);
    }

    [Fact]
    public async Task Cancelling_stops_the_computation_within_two_seconds_and_frees_the_slot()
    {
        var (started, ended) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        _executor.On(StageKind.Decompose, async run =>
        {
            started.TrySetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, run.Cancellation);
            }
            finally
            {
                ended.TrySetResult();
            }
        });
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("cancelled", WorkFolder.Inputs(), Cancel);
        await started.Task.WaitAsync(Cancel);

        var start = Stopwatch.GetTimestamp();
        var status = await cluster.CancelAsync("cancelled");
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancel);

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2), $"It took {Stopwatch.GetElapsedTime(start)}.");
        Assert.Equal(JobState.Cancelled, status.State);
        Assert.Equal(JobState.Cancelled, (await cluster.EndAsync("cancelled")).State);
        _executor.On(StageKind.Decompose, _ => Task.CompletedTask);
        await cluster.SubmitAsync("next", WorkFolder.Inputs("another"), Cancel);
        Assert.Equal(JobState.Completed, (await cluster.EndAsync("next")).State);
    }

    [Fact]
    public async Task Submitting_the_same_again_changes_nothing_and_another_request_is_a_conflict()
    {
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("same", WorkFolder.Inputs(), Cancel);
        await cluster.EndAsync("same");
        var again = await cluster.SubmitAsync("same", WorkFolder.Inputs(), Cancel);
        Assert.Equal(JobState.Completed, again.State);
        Assert.Equal(6, _executor.Runs.Count);

        var conflict = await Assert.ThrowsAsync<JobConflictException>(() => cluster.SubmitAsync("same", WorkFolder.Inputs("a blue car"), Cancel));
        Assert.Contains("another settings", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_breaks_rules_is_refused_with_all_of_them()
    {
        await using var cluster = await _work.StartAsync(_executor);
        var inputs = WorkFolder.Inputs() with { Settings = new EditSettings { Steps = 0, GuidanceScale = 99 } };
        var refusal = await Assert.ThrowsAsync<JobRejectedException>(() => cluster.SubmitAsync("refused", inputs, Cancel));

        Assert.Equal(3, refusal.Errors.Count);
        await Assert.ThrowsAsync<JobNotFoundException>(() => cluster.GetStatusAsync("refused"));
        await Assert.ThrowsAsync<JobRejectedException>(() => cluster.SubmitAsync("no/such id", WorkFolder.Inputs(), Cancel));
    }

    [Fact]
    public async Task An_unknown_job_is_reported_by_name()
    {
        await using var cluster = await _work.StartAsync(_executor);

        var missing = await Assert.ThrowsAsync<JobNotFoundException>(() => cluster.GetStatusAsync("nobody"));
        Assert.Contains("'nobody'", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JobNotFoundException>(() => cluster.CancelAsync("nobody"));
        await Assert.ThrowsAsync<JobNotFoundException>(() => cluster.EndAsync("nobody"));
    }

    [Fact]
    public async Task Events_are_numbered_without_gaps_and_can_be_read_from_any_number()
    {
        await using var cluster = await _work.StartAsync(_executor);
        await cluster.SubmitAsync("events", WorkFolder.Inputs(), Cancel);
        var status = await cluster.EndAsync("events");
        var events = await cluster.GetEventsAsync("events");

        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(happened => happened.Sequence));
        Assert.Equal(status.Sequence, events[^1].Sequence);
        Assert.Equal((JobEventKind.Submitted, JobEventKind.Completed), (events[0].Kind, events[^1].Kind));
        Assert.Equal(events.Skip(5), await cluster.GetEventsAsync("events", events[4].Sequence));
    }
}
