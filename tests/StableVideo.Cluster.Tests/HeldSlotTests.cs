using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

/// <summary>A scheduler that no longer knows of a slot, and the job whose stage holds it.</summary>
public sealed class HeldSlotTests : IAsyncLifetime
{
    private const string Id = "held";
    private readonly WorkFolder _work = new();
    private readonly StageTicket _ticket = new(Id, JobStage.Decompose, 1);
    private FakeExecutor _executor = null!;
    private LocalCluster _cluster = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ISchedulerGrain Scheduler => _cluster.Grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.DefaultPool);

    private IStageReports Job => _cluster.Grains.GetGrain<IStageReports>(Id);

    public async ValueTask InitializeAsync()
    {
        _executor = new FakeExecutor(_work.Store).On(StageKind.Decompose, run => Task.Delay(Timeout.Infinite, run.Cancellation));
        _cluster = await _work.StartAsync(_executor, options => options.LeaseDuration = TimeSpan.FromMinutes(5));
        await _cluster.SubmitAsync(Id, WorkFolder.Inputs(), Cancel);
        await _cluster.UntilAsync(Id, status => status[JobStage.Decompose] is { State: StageState.Running, Message: "starting" } && _executor.Stages.Contains(StageKind.Decompose));
        await Scheduler.Release(_ticket);
        Assert.Equal(0, await RunningAsync());
    }

    [Fact]
    public async Task A_job_that_is_resumed_says_which_slot_it_holds()
    {
        await Job.Resume();

        Assert.Equal(1, await RunningAsync());
        Assert.Single(_executor.Stages, StageKind.Decompose);
    }

    [Fact]
    public async Task A_silent_stage_that_is_at_work_keeps_its_slot()
    {
        await Job.SlotSilent(_ticket, "its silo gave no sign of life.");

        Assert.Equal(1, await RunningAsync());
        Assert.Equal(1, (await _cluster.GetStatusAsync(Id))[JobStage.Decompose].Attempt);
        Assert.DoesNotContain(await _cluster.GetEventsAsync(Id), happened => happened.Kind == JobEventKind.StageLost);
    }

    [Fact]
    public async Task A_silent_stage_that_is_not_at_work_is_lost()
    {
        await _cluster.Grains.GetStageGrain(_ticket).Stop();
        await Job.SlotSilent(_ticket, "its silo gave no sign of life.");

        await _cluster.UntilAsync(Id, status => status[JobStage.Decompose] is { State: StageState.Running, Attempt: 2 });
        Assert.Contains(await _cluster.GetEventsAsync(Id), happened => happened.Kind == JobEventKind.StageLost);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _work.Dispose();
    }

    private async Task<int> RunningAsync() => (await Scheduler.GetStatus()).Tenants.Sum(tenant => tenant.Running);
}
