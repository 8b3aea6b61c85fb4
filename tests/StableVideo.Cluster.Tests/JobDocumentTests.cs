using System.Text.Json;
using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

public sealed class JobDocumentTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly JobDocument _job = new();

    public JobDocumentTests() => _job.Submit(JobMessages.ToRequest(WorkFolder.Inputs()), Now);

    [Fact]
    public void Stages_become_ready_as_their_dependencies_complete()
    {
        Assert.Equal([JobStage.Probe], Ready());
        Complete(JobStage.Probe);
        Assert.Equal([JobStage.Decompose], Ready());
        Complete(JobStage.Decompose);
        Assert.Equal([JobStage.EditBackground, JobStage.EditForeground], Ready());
        Complete(JobStage.EditForeground);
        Assert.Equal([JobStage.Aggregate], Ready());
        Complete(JobStage.Aggregate);
        Assert.Empty(Ready());
        Complete(JobStage.EditBackground);
        Assert.Equal([JobStage.Compose], Ready());
        Complete(JobStage.Compose);
        Assert.Empty(Ready());
        Assert.Equal(JobState.Completed, _job.State);
        Assert.Equal(Now, _job.EndedAt);
    }

    [Fact]
    public void Reports_of_an_old_attempt_change_nothing()
    {
        Ready();
        _job.Lost(_job[JobStage.Probe], "its silo died.", 5, Now);
        var before = JsonSerializer.Serialize(_job);

        Assert.False(_job.IsCurrent(JobStage.Probe, 1));
        Assert.False(_job.Started(JobStage.Probe, 1, "silo", Now));
        Assert.False(_job.Completed(JobStage.Probe, 1, Outcome(), Now));
        Assert.False(_job.Failed(JobStage.Probe, 1, "too late", Now));
        Assert.Equal(before, JsonSerializer.Serialize(_job));
        Assert.True(_job.Completed(JobStage.Probe, 2, Outcome(), Now));
    }

    [Fact]
    public void A_stage_that_is_lost_too_often_fails_the_job_and_says_so()
    {
        Ready();
        _job.Lost(_job[JobStage.Probe], "its silo died.", 2, Now);
        _job.Lost(_job[JobStage.Probe], "its silo died.", 2, Now);
        Assert.Equal((JobState.Waiting, 3), (_job.State, _job[JobStage.Probe].Attempt));
        _job.Lost(_job[JobStage.Probe], "its silo died.", 2, Now);

        Assert.Equal(JobState.Failed, _job.State);
        Assert.StartsWith("Probe was lost 3 times, the last time because its silo died.", _job.Error, StringComparison.Ordinal);
        Assert.True(_job.Retry(Now));
        Assert.Equal([JobStage.Probe], Ready());
        Assert.Equal((4, 0), (_job[JobStage.Probe].Attempt, _job[JobStage.Probe].Losses));
    }

    [Fact]
    public void The_state_follows_the_stages()
    {
        Assert.Equal(JobState.Submitted, _job.State);
        Ready();
        Assert.Equal(JobState.Waiting, _job.State);
        Assert.True(_job.Started(JobStage.Probe, 1, "silo", Now));
        Assert.False(_job.Started(JobStage.Probe, 1, "silo", Now));
        Assert.Equal(JobState.Running, _job.State);
        Assert.True(_job.Cancel(Now));
        Assert.False(_job.Cancel(Now));
        Assert.Equal((JobState.Cancelled, StageState.Pending), (_job.State, _job[JobStage.Probe].State));
        Assert.Empty(Ready());
    }

    [Fact]
    public void The_event_log_stays_small()
    {
        for (var i = 0; i < 500; i++)
        {
            _job.Cancel(Now);
            _job.Retry(Now);
        }

        Assert.Equal(256, _job.Events.Count);
        Assert.Equal(1001, _job.Sequence);
        Assert.Equal(_job.Sequence, _job.Events[^1].Sequence);
    }

    [Fact]
    public void Stages_of_messages_and_of_the_paper_are_the_same()
    {
        Assert.Equal(Enum.GetNames<StageKind>(), Enum.GetNames<JobStage>());
        Assert.All(StageGraph.All, kind => Assert.Equal(kind.ToString(), JobMessages.ToStage(kind).ToString()));
    }

    private List<JobStage> Ready() => [.. _job.Advance(Now).Select(stage => stage.Stage)];

    private void Complete(JobStage stage) => Assert.True(_job.Completed(stage, 1, Outcome(), Now));

    private static StageOutcome Outcome() => new() { Key = "k", Artifacts = new Dictionary<string, string>() };
}
