using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

/// <summary>What several jobs need is computed once, however many are submitted together.</summary>
public sealed class TwinTests : IDisposable
{
    private static readonly string[] Colours = ["red", "blue", "golden", "green"];
    private readonly WorkFolder _work = new();
    private readonly FakeExecutor _executor;

    public TwinTests() => _executor = new FakeExecutor(_work.Store);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public async Task Edits_of_one_clip_that_are_submitted_together_split_it_once(int slots)
    {
        _executor.On(StageKind.Decompose, run => Task.Delay(600, run.Cancellation));
        await using var cluster = await _work.StartAsync(_executor, options => options.Slots = slots);
        await Task.WhenAll(Colours.Select(colour => cluster.SubmitAsync(colour, WorkFolder.Inputs($"a {colour} car"), Cancel)));

        foreach (var colour in Colours)
        {
            var status = await cluster.EndAsync(colour);
            Assert.True(status.State == JobState.Completed, status.Error);
        }

        Assert.Single(_executor.Stages, StageKind.Decompose);
        Assert.Single(_executor.Stages, StageKind.EditBackground);
        Assert.Equal(4, _executor.Stages.Count(stage => stage == StageKind.EditForeground));
    }

    [Fact]
    public async Task A_job_that_waits_for_another_says_so_and_computes_itself_when_the_other_fails()
    {
        var first = true;
        _executor.On(StageKind.Decompose, async run =>
        {
            if (!first)
                return;
            first = false;
            await Task.Delay(1500, run.Cancellation);
            throw new EditException("The clip has a cut.");
        });
        await using var cluster = await _work.StartAsync(_executor, options => options.Slots = 2);
        await cluster.SubmitAsync("one", WorkFolder.Inputs("a red car"), Cancel);
        await cluster.UntilAsync("one", status => status[JobStage.Decompose].State == StageState.Running);
        await cluster.SubmitAsync("other", WorkFolder.Inputs("a blue car"), Cancel);

        await cluster.UntilAsync("other", status => status[JobStage.Decompose].Message == ISchedulerGrain.Twin);
        Assert.Equal(JobState.Failed, (await cluster.EndAsync("one")).State);
        Assert.Equal(JobState.Completed, (await cluster.EndAsync("other")).State);
        Assert.Equal(2, _executor.Stages.Count(stage => stage == StageKind.Decompose));
    }

    [Fact]
    public async Task A_job_that_waits_for_another_can_be_cancelled()
    {
        _executor.On(StageKind.Decompose, run => Task.Delay(1500, run.Cancellation));
        await using var cluster = await _work.StartAsync(_executor, options => options.Slots = 2);
        await cluster.SubmitAsync("one", WorkFolder.Inputs("a red car"), Cancel);
        await cluster.UntilAsync("one", status => status[JobStage.Decompose].State == StageState.Running);
        await cluster.SubmitAsync("other", WorkFolder.Inputs("a blue car"), Cancel);
        await cluster.UntilAsync("other", status => status[JobStage.Decompose].Message == ISchedulerGrain.Twin);

        Assert.Equal(JobState.Cancelled, (await cluster.CancelAsync("other")).State);
        Assert.Equal(JobState.Completed, (await cluster.EndAsync("one")).State);
    }
}
